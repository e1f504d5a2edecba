"""What lies between this machine and the API: proxies, certificates, addresses, and who answers there."""

from __future__ import annotations

from .kind import Kind, with_variable

SECURED = "https://127.0.0.1:{secured}/v1"
NAMED = "https://api.test/v1"
"""Which only the proxy knows."""
TRUSTED = {"SSL_CERT_FILE": "{folder}/authority.pem"}

_PROXIES_THAT_DO = [
    *with_variable("HTTPS_PROXY", {"a proxy": "http://127.0.0.1:{proxy}"}, base_url=NAMED, more=TRUSTED),
    *with_variable(
        "https_proxy", {"small letters": "http://127.0.0.1:{proxy}"}, base_url=NAMED, more=TRUSTED
    ),
    *with_variable("ALL_PROXY", {"for all": "http://127.0.0.1:{proxy}"}, base_url=NAMED, more=TRUSTED),
    *with_variable(
        "HTTPS_PROXY",
        {
            "without http": "127.0.0.1:{proxy}",
            "with a password": "http://name:p%40ss@127.0.0.1:{proxy}",
            "over TLS": "https://127.0.0.1:{secured_proxy}",
            "blanks around": " http://127.0.0.1:{proxy} ",
        },
        base_url=NAMED,
        more=TRUSTED,
    ),
    *with_variable(
        "NO_PROXY",
        {
            "localhost and [::1]": "localhost,[::1]",
            "networks": "10.0.0.0/8,fd00::/8",
            "a port": "example.com:8080",
            "odd": ",,;:,[,]:/,%,..",
        },
        base_url=NAMED,
        more={**TRUSTED, "HTTPS_PROXY": "http://127.0.0.1:{proxy}"},
    ),
]
_LOOPBACK_NEEDS_NO_PROXY = [
    *with_variable("HTTPS_PROXY", {"nobody's": "http://127.0.0.1:{refused}"}, base_url=SECURED, more=TRUSTED),
    *with_variable("ALL_PROXY", {"that cannot be read": "http://[::1"}, base_url=SECURED, more=TRUSTED),
    *with_variable("HTTP_PROXY", {"plain": "http://127.0.0.1:{refused}"}),
    *with_variable(
        "ALL_PROXY", {"socks": "socks5://127.0.0.1:{refused}"}, base_url="http://localhost:{emulator}/v1"
    ),
    *with_variable("NO_PROXY", {"star": "*"}, more={"ALL_PROXY": "ftp://nobody"}),
]
_PROXIES_THAT_DO_NOT = [
    *with_variable(
        "HTTPS_PROXY",
        {
            "no port": "http://127.0.0.1:abc",
            "port too large": "http://127.0.0.1:99999",
            "port 0": "http://127.0.0.1:0",
            "no host": "http://:3128",
            "only a scheme": "http://",
            "unknown scheme": "ftp://127.0.0.1:21",
            "half an address": "http://[::1",
            "blanks": "http://two words:80",
            "a long label": f"http://{'x' * 70}.example:80",
            "socks": "socks5://127.0.0.1:1080",
            "refused": "http://127.0.0.1:{refused}",
            "that closes": "http://127.0.0.1:{closing}",
            "that babbles": "http://127.0.0.1:{babbling}",
            "that forbids": "http://127.0.0.1:{forbidding}",
            "that wants a password": "http://127.0.0.1:{refusing}",
        },
        base_url=NAMED,
        broken="HTTPS_PROXY",
    ),
    *with_variable("https_proxy", {"bad": "http://127.0.0.1:x"}, base_url=NAMED, broken="https_proxy"),
    *with_variable("all_proxy", {"bad": "socks4://h:1"}, base_url=NAMED, broken="all_proxy"),
    *with_variable("ALL_PROXY", {"bad": "http://h:-1"}, base_url=NAMED, broken="ALL_PROXY"),
    *with_variable(
        "HTTPS_PROXY",
        {"unknown name": "http://proxy.example:1"},
        base_url=NAMED,
        preparation="no_names",
        broken="name of the proxy proxy.example:1 (HTTPS_PROXY)",
    ),
]
_CERTIFICATES = [
    *with_variable("SSL_CERT_FILE", {"of the authority": "{folder}/authority.pem"}, base_url=SECURED),
    *with_variable("SSL_CERT_DIR", {"by hash": "{folder}/hashed"}, base_url=SECURED),
    *with_variable("SSL_CERT_FILE", {"missing, plain http": "/missing"}),
    *with_variable("SSLKEYLOGFILE", {"a log": "{folder}/keys.log"}, base_url=SECURED, more=TRUSTED),
    *with_variable(
        "SSL_CERT_FILE",
        {
            "missing": "{folder}/missing.pem",
            "empty": "{folder}/empty.pem",
            "broken": "{folder}/broken.pem",
            "a directory": "{folder}",
        },
        base_url=SECURED,
        broken="SSL_CERT_FILE",
    ),
    *with_variable(
        "SSL_CERT_DIR",
        {"missing": "/missing/certs", "a file": "{folder}/authority.pem", "without hashes": "{folder}"},
        base_url=SECURED,
        broken="SSL_CERT_DIR",
    ),
    *with_variable(
        "SSLKEYLOGFILE",
        {"not writable": "/missing/keys.log"},
        base_url=SECURED,
        more=TRUSTED,
        broken="SSLKEYLOGFILE",
    ),
    Kind(name="a private authority", base_url=SECURED, broken="SSL_CERT_FILE"),
    Kind(
        name="a certificate for another name",
        base_url="https://127.0.0.1:{misnamed}/v1",
        environment=TRUSTED,
        broken="another name",
    ),
    Kind(
        name="an expired certificate",
        base_url="https://127.0.0.1:{expired}/v1",
        environment=TRUSTED,
        broken="clock",
    ),
]
_ADDRESSES = [
    Kind(
        name="plain http where https is expected",
        base_url="https://127.0.0.1:{emulator}/v1",
        broken="plain http",
    ),
    Kind(name="https where plain http is expected", base_url="http://127.0.0.1:{secured}/v1", broken="TLS"),
    Kind(name="nobody listens", base_url="http://127.0.0.1:{refused}/v1", broken="refused"),
    Kind(name="no such port", base_url="https://127.0.0.1:99999/v1", broken="port"),
    Kind(name="no such name", base_url=NAMED, preparation="no_names", broken="name"),
    Kind(name="a label too long", base_url=f"https://{'x' * 70}.test/v1", broken="name"),
    Kind(name="no URL", base_url="nonsense", broken="base"),
    Kind(name="plain http abroad", base_url="http://api.test/v1", broken="https"),
    Kind(name="another scheme", base_url="ftp://127.0.0.1/v1", broken="http"),
    Kind(name="no host", base_url="https:///v1", broken="base"),
    Kind(name="without the path", base_url="https://api.openai.com", broken="/v1"),
    Kind(name="credentials", base_url="https://someone:else@api.test/v1", broken="credentials"),
    Kind(
        name="a resolver that hangs a coroutine",
        base_url=NAMED,
        preparation="hanging_resolver",
        script="asynchronous",
        deadline="1",
        starts_anew=True,
        broken="within",
    ),
    Kind(
        name="a resolver that hangs",
        base_url=NAMED,
        preparation="hanging_resolver",
        deadline="1",
        starts_anew=True,
        broken="within",
    ),
]
_ODD = {
    "html": "web page",
    "forbidden-page": "web page",
    "text": "not the API",
    "redirect": "redirects to login.example",
    "not-found": "path included",
    "unauthorized": "make an admin key",
    "scopes": "api.usage.read",
    "proxy-wants-password": "password",
    "throttled": "wait",
    "quota": "billing",
    "failing": "failing",
    "yesterday": "clock",
    "garbage": "HTTP",
    "closing": "no answer",
    "endless-head": "no answer",
}
_SERVERS = [
    *(
        Kind(name=f"a server: {name}", base_url=f"http://127.0.0.1:{{odd}}/{name}/v1", broken=word)
        for name, word in _ODD.items()
    ),
    Kind(
        name="a server: silent",
        base_url="http://127.0.0.1:{odd}/silent/v1",
        deadline="0.5",
        broken="within 0.",
    ),
]
NETWORK_KINDS = [
    *_PROXIES_THAT_DO,
    *_LOOPBACK_NEEDS_NO_PROXY,
    *_PROXIES_THAT_DO_NOT,
    *_CERTIFICATES,
    *_ADDRESSES,
    *_SERVERS,
]
