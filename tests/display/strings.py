"""Texts that try to be more than text, on a terminal, in a page, in a shell or in a spreadsheet."""

from __future__ import annotations

import re
import unicodedata

ESC, CSI, OSC, ST, BEL = "\x1b", "\x1b[", "\x1b]", "\x1b\\", "\a"

_SEQUENCES = (
    f"{CSI}31mred",
    f"{CSI}0m",
    f"{CSI}8mhidden{CSI}28m",
    f"{CSI}38;2;1;2;3mcolour",
    f"{CSI}7mturned{CSI}27m",
    f"{CSI}2J",
    f"{CSI}3J",
    f"{CSI}H",
    f"{CSI}10;10Hthere",
    f"{CSI}1A{CSI}2Kover",
    f"{CSI}99D",
    f"{CSI}6n",
    f"{CSI}c",
    f"{CSI}>c",
    f"{CSI}21t",
    f"{CSI}?25l",
    f"{CSI}?1049h",
    f"{CSI}?2004h",
    f"{CSI}?1003h",
    f"{CSI}?69h",
    f"{CSI}5i",
    f"{CSI}1;5r",
    f"{CSI}!p",
    f"{CSI}200~ls\n{CSI}201~",
    f"{OSC}0;title{BEL}",
    f"{OSC}2;title{ST}",
    f"{OSC}8;;https://evil.example{ST}link{OSC}8;;{ST}",
    f"{OSC}8;id=1;file:///etc/passwd{BEL}file{OSC}8;;{BEL}",
    f"{OSC}4;1;?{BEL}",
    f"{OSC}10;?{ST}",
    f"{OSC}52;c;cm0gLXJm{BEL}",
    f"{OSC}9;notice{BEL}",
    f"{OSC}777;notify;a;b{BEL}",
    f"{OSC}1337;File=inline=1:AAAA{BEL}",
    f"{OSC}133;A{ST}",
    f"{OSC}50;font{BEL}",
    f"{ESC}P1$r0m{ST}",
    f"{ESC}Pq#0;2;0;0;0~{ST}",
    f"{ESC}_Gf=24;AAAA{ST}",
    f"{ESC}^private{ST}",
    f"{ESC}Xstring{ST}",
    f"{ESC}c",
    f"{ESC}7{ESC}8",
    f"{ESC}#8",
    f"{ESC}(0qqq{ESC}(B",
    f"{ESC}%G",
    f"{ESC}N{ESC}O",
    f"{ESC}=",
    f"{ESC}",
    f"{ESC}{ESC}{ESC}[A",
)
_EIGHT_BIT = (
    "\x9b31mred",
    "\x9b2J",
    "\x9d0;title\x9c",
    "\x9d8;;https://evil.example\x9clink",
    "\x90q\x9c",
    "\x9fGa\x9c",
    "\x98x\x9c",
    "\x84\x85\x8d",
    "\x80\x81\x99",
    "\x9a",
)
_CONTROLS = (
    "a\x00b",
    "\x00",
    "a\ab",
    "abc\b\b\bxyz",
    "secret\rpublic",
    "a\r\nb",
    "a\nnote: all is well",
    "a\tb",
    "a\vb\fc",
    "\x0e\x0f",
    "\x11\x13",
    "\x04\x1a",
    "\x1c\x1d\x1e\x1f",
    "a\x7fb",
    "a\u2028b",
    "a\u2029b",
)
_DIRECTIONS = (
    "\u202egnp.exe",
    "\u202dltr\u202c",
    "\u202aa\u202bb\u202c",
    "\u2066isolated\u2069",
    "\u2067turned\u2069",
    "\u2068first\u2069",
    "a\u200fb\u200ec",
    "\u061carabic",
    "\u202e\u2066\u202e" * 20,
)
_UNSEEN = (
    "gpt\u200b-4",
    "gpt\u200c\u200d-4",
    "\ufeffgpt",
    "gpt\u2060\u2061\u2062\u2063\u2064",
    "gpt\u00ad-4",
    "gpt\u034f-4",
    "gpt\u115f\u1160",
    "gpt\u3164\uffa0",
    "gpt\u180e\u180b",
    "gpt\u17b4\u17b5",
    "gpt\u2800",
    "\U000e0001\U000e0061\U000e007f",
    "gpt\U000e0069\U000e0067\U000e006e\U000e006f\U000e0072\U000e0065",
    "gpt" + "\ufe0f" * 40,
    "gpt" + "\U000e0100\U000e0150" * 20,
    "\ufff9note\ufffabelow\ufffb",
    "\U0001d173music\U0001d17a",
    "a" + "\u0301" * 100,
    "".join(letter + "\u0300\u0316\u0334\u20d2" * 6 for letter in "zalgo"),
    "a\u20dd\u20e0" * 3 + "\u20dd" * 30,
    "\ue000\uf8ff",
    "\U000f0000\U0010fffd",
    "\ufffe\uffff\ufdd0",
    "\U0001fffe\U0010ffff",
    "\u0378",
)
_MARKUP = (
    "[red]x[/red]",
    "[link=https://evil.example]x[/link]",
    "[/]",
    "[bold",
    ":skull:",
    "<script>alert(1)</script>",
    "</script><!--",
    "]]></style>",
    "![x](https://evil.example/p.png)",
    "[x](javascript:alert(1))",
    "<https://evil.example>",
    "https://evil.example/a www.evil.example a@evil.example @everyone",
    "a|b`c``d",
    "$(reboot)`reboot`",
    "'; reboot; '",
)
_FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    " =1+1",
    "\u00a0=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20A",
    "\t=1+1",
    "\r=1+1",
    "x;=1+1",
    "x\n=1+1",
    '"=1+1',
)

HOSTILE = (
    *_SEQUENCES,
    *_EIGHT_BIT,
    *_CONTROLS,
    *_DIRECTIONS,
    *_UNSEEN,
    *_MARKUP,
    *_FORMULAS,
)
"""All of them; each can stand in JSON, and thus in an answer."""
FORMULAS = _FORMULAS
MARKUP = _MARKUP


def marked() -> list[str]:
    """Each after a number, by which it is found again."""
    return [f"n{place:03}{text}" for place, text in enumerate(HOSTILE)]


def is_forbidden(char: str) -> bool:
    """Whether `char` may never reach a terminal; said apart from the product."""
    category = unicodedata.category(char)
    return char != "\n" and (category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or char in INVISIBLE)


INVISIBLE = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u2800\u3164\uffa0"
FLOOD = re.compile("(?:[\u0300-\u036f\u20d0-\u20f0\ufe00-\ufe0f]|[\U000e0100-\U000e01ef]){5}")
"""More marks on one letter than any script sets."""


def sting(text: str) -> str | None:
    """What of a `marked` text betrays that it came through: up to its first forbidden character."""
    for place, char in enumerate(text):
        if is_forbidden(char):
            return text[: place + 1]
    flood = FLOOD.search(text)
    return text[: flood.end()] if flood else None
