"""The part that a body plays in a question that names it.

"What must the Director do?" asks something of the Director; "who assists the Director?", "who
reports to the Council?", "the Council's resolution" and "about developing countries" ask nothing of
whom they name. What tells is the wording around the name, in each language its own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache

from assistant.wording import ARABIC_MARKS, alternation, folded, questions, unvowelled

_EDGE = "\0"  # before and behind the body that is looked at
_NEVER = re.compile(r"(?!)")
_COMMAS = (",", "،", "、")
_AND = {
    *("and", "or", "et", "ou", "y", "e", "o", "u", "и", "или"),
    *("و", "أو", "وكذلك", "和", "与", "及", "以及", "或"),
}


class Part(Enum):
    """What a question says of a body that it names."""

    ASKED = "something is asked of it, or it is asked about"
    SERVED = "others act for its sake, report to it, work with it"
    TOPIC = "it is spoken of"


@dataclass(frozen=True, slots=True)
class Roles:
    """How one language tells them; ranges are those of bodies in the question, `aligned`."""

    language: str
    owned_before: re.Pattern[str]  # ends where a body begins that owns something
    owned_after: re.Pattern[str]  # begins where such a body ends
    owner: re.Pattern[str] | None  # how such a body is named, where case tells
    helped: re.Pattern[str]  # ends where a body begins for whose sake others act
    given: re.Pattern[str]  # found where a body, between edges, gets or shares what others do
    about: re.Pattern[str]  # ends where a topic begins
    joiners: frozenset[str]  # words that may stand between the bodies of one list

    def parts(self, question: str, bodies: Sequence[tuple[int, int]]) -> tuple[Part, ...]:
        """The part of each body, given in order; one that is joined to another has the same."""
        found: list[Part] = []
        for place, (start, end) in enumerate(bodies):
            if place and self.are_joined(question[bodies[place - 1][1] : start]):
                found.append(found[-1])
            elif self.is_served(question, start, end):
                found.append(Part.SERVED)
            else:
                found.append(Part.TOPIC if self.is_topic(question, start) else Part.ASKED)
        return tuple(found)

    def is_owner(self, question: str, start: int, end: int) -> bool:
        """Whether the body is mentioned as that of a resolution, group or meeting."""
        if self.owner and not self.owner.search(question[start:end]):
            return False
        return bool(
            self.owned_before.search(question[:start]) or self.owned_after.match(question[end:])
        )

    def is_served(self, question: str, start: int, end: int) -> bool:
        """Whether what is asked is asked of others, for the sake of the body or beside it."""
        body = question[start:end]
        if self.given.search(f"{question[:start]}{_EDGE}{body}{_EDGE}{question[end:]}"):
            return True
        if not self.helped.search(question[:start]):
            return False
        if self.language == "ru":
            return bool(_OBLIQUE.match(body))
        return not (self.language == "en" and _ACTING.match(question[end:]))

    def is_topic(self, question: str, start: int) -> bool:
        """Whether the body that begins there is spoken of: "about the Council"."""
        about = self.about.search(question[:start])
        return bool(about) and not _CALLED_ON.search(question[:start])

    def are_of_one_list(self, between: str) -> bool:
        """Whether two bodies belong together that have this between them ("as well as to the")."""
        return self.joiners.issuperset(re.findall(r"\w+", unvowelled(between)))

    def are_joined(self, between: str) -> bool:
        """The same, where nothing else begins there ("and the", but not "by the")."""
        first = re.search(r"\w+", unvowelled(between))
        goes_on = not first or first.group() in _AND or between.lstrip().startswith(_COMMAS)
        return goes_on and self.are_of_one_list(between)


@cache
def roles_in(language: str) -> Roles:
    """Those of one of the six languages."""
    entry = questions()[language]
    owned_before, owned_after, owner = _ownership(language, alternation(entry["owned"]))
    about = f"(?:{alternation(entry['about'])})"
    if language != "zh":
        articles = rf"(?:\s+(?:{alternation(entry['joiners'])}))*\s+(?:l['’])?"
        about = rf"(?<!\w){about}{articles}"
    return Roles(
        language=language,
        owned_before=owned_before,
        owned_after=owned_after,
        owner=owner,
        helped=_helped(language, alternation(entry["helped"])),
        given=_given(language, alternation(entry["given"]), alternation(entry["shared"])),
        about=re.compile(f"{about}$"),
        joiners=frozenset(entry["joiners"]),
    )


_OF = {
    "en": r"of\s+(?:the\s+)?",
    "fr": r"(?:du|de\s+la|de\s+l['’]|des|de)\s*",
    "es": r"(?:del|de\s+la|de\s+las|de)\s+",
    "ru": "",
    "ar": r"(?:(?:التابعة?\s+|الصادرة?\s+عن\s+)?ل?)",
}
# Between the word for help and the body that is helped. "Quel appui le Directeur …" and "el apoyo
# del Director" are help that the body gives: French and Spanish nouns need their "to".
_TO = {
    "en": r"(?:(?:\s+(?:should|must|shall|will|can|may|is|are|to|be))*"
    r"\s+(?:given|provided|offered|lent)\s+to|\s+(?:to|for))?\s+(?:the\s+)?",
    "fr": r"(?:(?:(?<=er|nt)|(?<=qui aide)|(?<=qui informe)|(?<=qui consulte)|(?<=qui conseille))"
    r"\s+(?:le\s+|la\s+|les\s+|l['’])?"
    r"|\s+(?:à\s+(?:la\s+|l['’])?|au\s+|aux\s+))",
    "es": r"\s+(?:al\s+|a\s+(?:la\s+|los\s+|las\s+)?)",
    "ru": r"\s+",
    "ar": r"\s+إلى\s+",
}
# "What does it call on Member States to do?" is no question about them.
_CALLED_ON = re.compile(
    r"(?<!\w)(?:call|impos|plac|rel[iy]|depend|incumb|bind)\w*\s+(?:\w+\s+){0,2}(?:up)?on\s+"
    r"(?:\w+\s+){0,2}$"
)
# The body itself: in Russian not in the nominative, in English not before a verb of its own.
_OBLIQUE = re.compile(r"[\w-]*(?:[ую]|[ая]м|[ая]|ей|ов)(?![\w-])")
_ACTING = re.compile(
    r"\s+(?:is|are|was|were|must|shall|should|can|could|may|will|would|has|have|do|does)\b"
)


def _helped(language: str, words: str) -> re.Pattern[str]:
    """What ends where a body begins that is helped."""
    if language == "zh":
        return re.compile(f"(?:{words})$")
    helped = rf"(?<!\w)(?:{words}){folded(_TO[language])}$"
    if language == "ar":
        # Behind a verb stands who does it, unless that is what is asked for: "من يساعد المدير؟".
        helped = rf"(?:{helped}|(?<!\w)و?من\s+(?:\w+\s+){{0,3}}(?:{words})\s+ل?$)"
    return re.compile(helped)


# What may stand between the word for what is given and the body that gets it. Words for a task lead
# to whom it is given: "the tasks assigned to the Director" are the Director's own.
_TASK = {
    "en": r"assign|giv(?:e|en|ing)\b|address|entrust|direct|extend|impos|appl(?:y|ies)\b|ma[kd]e\b"
    r"|left\b|falls?\b|up\b|ask|request|resolution|text|says?\b",
    "fr": r"confi|attribu|adress|incomb|demand|impos|fait\b|résolution",
    "es": r"encomend|asign|dirigid|confiad|correspond|encarg|pid|solicit|exig|impon|resolución",
    "ru": r"поруч|адресов|возлож|предпис|надлеж|предлаг|рекоменд|следует|резолюци",
    "ar": r"المسند|الموكل|الموجه|المعهود|الصادر|المطلوب",
}
_BETWEEN = {
    language: rf"[{ARABIC_MARKS}]*(?:\s+(?!{task})[\w'’&{ARABIC_MARKS}-]+){{0,6}}"
    for language, task in _TASK.items()
}
# In Russian case tells who gets it (the dative); "to" may be a letter of an Arabic name, and the
# study groups (لجان) begin with that letter.
_GIVEN_TO = {
    "en": rf"\s+to\s+(?:the\s+)?{_EDGE}",
    "fr": rf"\s+(?:à\s+(?:la\s+|l['’])?|au\s+|aux\s+|auprès\s+d(?:u|es|e\s+la|e)\s+){_EDGE}",
    "es": rf"\s+(?:al\s+|a\s+(?:la\s+|los\s+|las\s+)?){_EDGE}",
    "ru": rf"\s+(?:(?:во?|перед)\s+(?:(?:работу|деятельность)\s+)?{_EDGE}"
    rf"|{_EDGE}[\w-]*(?:[ую]|[аяиы]м|ой|ей)(?![\w-]))",
    "ar": rf"\s+(?:إلى\s+{_EDGE}|ل{_EDGE}|{_EDGE}ل(?!جان|جنة))",
}
_SHARED_WITH = {
    "en": rf"\s+with\s+(?:the\s+)?{_EDGE}",
    "fr": rf"\s+avec\s+(?:le\s+|la\s+|les\s+|l['’])?{_EDGE}",
    "es": rf"\s+con\s+(?:el\s+|la\s+|los\s+|las\s+)?{_EDGE}",
    "ru": rf"\s+со?\s+{_EDGE}",
    "ar": rf"\s+مع\s+{_EDGE}",
}


def _given(language: str, given: str, shared: str) -> re.Pattern[str]:
    """What is found where the body between two edges gets something, or others act with it.

    "Who submits a report to the Council?", "who works with the Director?"; in Chinese the verb
    mostly follows the body: 向理事会提交什么, 与主任合作.
    """
    if language == "zh":
        body = rf"{_EDGE}[^{_EDGE}]+{_EDGE}"
        that = r"(?:[\u4e00-\u9fff]{0,8}的)?"
        given_to = (
            rf"(?:{given})给?{body}|[向给为对]{that}{body}.{{0,14}}?(?:{given})(?!要求|义务|任务)"
        )
        manner = "(?:一道|一起|共同|密切|积极|开展|进行|保持)*"
        return re.compile(rf"{given_to}|(?:[与同跟和]|会同){that}{body}{manner}(?:{shared})")
    thing = _BETWEEN[language]
    given_to = rf"(?:{given}){thing}{folded(_GIVEN_TO[language])}"
    return re.compile(rf"(?<!\w)(?:{given_to}|(?:{shared}){thing}{folded(_SHARED_WITH[language])})")


def _ownership(
    language: str, owned: str
) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str] | None]:
    """What stands before and behind a body that owns something, and the form of its own name.

    "Council Resolution 1334" and 理事会第1334号决议 name the body first, "la résolution 1334 du
    Conseil", "резолюция Совета" (in the genitive) and قرار المجلس behind.
    """
    number = r"(?:\s+(?:n[°o.]*\s*|№\s*)?[\w/.&-]+){0,2}"
    if language == "zh":
        numbered = r"(?:第?\s*[\d/-]+\s*(?:号|年|届))?"
        which = r"(?:所有|全部|各项?|哪些|哪[一几]?[号项个]|有关|相关)?(?:的)?"
        return _NEVER, re.compile(rf"(?:的)?{numbered}{which}[a-z&\s-]*(?:{owned})"), None
    before = re.compile(rf"(?<!\w)(?:{owned}){number}\s+{_OF[language]}$")
    if language == "en":
        return before, re.compile(rf"(?:['’]s)?(?:\s+[\w/.&-]+)?\s+(?:{owned})(?!\w)"), None
    return before, _NEVER, re.compile(r"[аяиыйвх]$") if language == "ru" else None
