"""The organization that an emulator has unless it is given sizes: small enough to be known by heart.

It has what surprises those who join names to usage: two projects of one name, of which one is archived;
service accounts with IDs in both forms; keys that are deleted, have no name, share one, or belong to
somebody who has left; a user without an e-mail address, and one without a name.
"""

from __future__ import annotations

from .roster import AdminCredential, ApiKey, Employee, OrganizationProject, Roster, ServiceAccount

_PROJECTS = (
    OrganizationProject("proj_search_prod", "Search"),
    OrganizationProject("proj_support_assistant", "Support assistant"),
    OrganizationProject("proj_mobile_app", "Mobile app"),
    OrganizationProject("proj_docs_translation", "Docs translation"),
    OrganizationProject("proj_data_science", "Data science"),
    OrganizationProject("proj_sandbox", "Data science", is_archived=True),
    OrganizationProject("proj_chatbot_pilot", "Chatbot pilot", is_archived=True),
)

_EMPLOYEES = (
    Employee("user-amara", "Amara Okafor", "amara@example.com"),
    Employee("user-bruno", "Bruno Keller", "bruno@example.com"),
    Employee("user-chiara", "Chiara Conti", "chiara@example.com"),
    Employee("user-dmitri", "Dmitri Orlov", "dmitri@example.com"),
    Employee("user-elif", "Elif Demir", "elif@example.com"),
    Employee("user-farid", "Farid Haddad", None),
    Employee("user-grace", "Grace Mwangi", "grace@example.com"),
    Employee("user-hiro", "Hiro Tanaka", "hiro@example.com"),
    Employee("user-ines", "Inês Duarte", "ines@example.com"),
    Employee("user-jonas", "Jonas Lindqvist", "jonas@example.com", has_left=True),
    Employee("user-kwame", None, "kwame@example.com"),
)

_SERVICE_ACCOUNTS = (
    ServiceAccount("svc_acct_docs_pipeline", "Docs pipeline", "proj_docs_translation"),
    ServiceAccount("user-analytics-jobs", "Analytics jobs", "proj_data_science"),
)

_KEYS = (
    ApiKey("key_search_prod", "proj_search_prod", "user-amara", "product", 30, "search-prod"),
    ApiKey("key_search_reindex", "proj_search_prod", "user-bruno", "nightly", 8, "search-reindex"),
    ApiKey("key_support_bot", "proj_support_assistant", "user-chiara", "product", 26, "support-bot"),
    ApiKey("key_support_triage", "proj_support_assistant", "user-dmitri", "office", 10, "support-triage"),
    ApiKey(
        "key_support_eval",
        "proj_support_assistant",
        "user-chiara",
        "office",
        4,
        "support-eval",
        is_deleted=True,
    ),
    ApiKey("key_mobile_ios", "proj_mobile_app", "user-elif", "product", 14, "mobile"),
    ApiKey("key_mobile_android", "proj_mobile_app", "user-farid", "product", 12, "mobile"),
    ApiKey(
        "key_docs_pipeline",
        "proj_docs_translation",
        "svc_acct_docs_pipeline",
        "nightly",
        9,
        "docs-pipeline",
        made_by="user-grace",
    ),
    ApiKey("key_docs_review", "proj_docs_translation", "user-grace", "office", 7, ""),
    ApiKey("key_analytics_notebooks", "proj_data_science", "user-hiro", "office", 16, "notebooks"),
    ApiKey("key_analytics_labelling", "proj_data_science", "user-ines", "office", 11, None),
    ApiKey(
        "key_analytics_jobs",
        "proj_data_science",
        "user-analytics-jobs",
        "nightly",
        6,
        "analytics-jobs",
        made_by="user-hiro",
    ),
    ApiKey(
        "key_sandbox_jonas",
        "proj_sandbox",
        "user-jonas",
        "office",
        3,
        "Jonas, trying things",
        owner_access="inactive",
    ),
    ApiKey("key_sandbox_amara", "proj_sandbox", "user-amara", "office", 2, "Amara, trying things"),
    ApiKey("key_chatbot_pilot", "proj_chatbot_pilot", "user-bruno", "office", 0, "chatbot-pilot"),
    ApiKey("key_search_unused", "proj_search_prod", "user-kwame", "office", 0, "search-unused"),
)

_ADMIN_KEYS = (
    AdminCredential("key_admin_usage", "Usage reports", "user-amara", days_left=60),
    AdminCredential("key_admin_old", None, "user-jonas", "0old", days_left=-3, days_unused=40),
    AdminCredential("key_admin_spare", "Spare", "user-grace", "sp4r", days_unused=None),
)

SMALL_ROSTER = Roster.of(
    projects=_PROJECTS,
    employees=_EMPLOYEES,
    service_accounts=_SERVICE_ACCOUNTS,
    keys=_KEYS,
    admin_keys=_ADMIN_KEYS,
)
