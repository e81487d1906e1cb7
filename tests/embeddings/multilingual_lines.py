"""Lines in nine languages and six scripts, composed from small lists, to test against an oracle."""

import itertools
import random
from pathlib import Path

RESOLUTIONS = Path(__file__).parents[2] / "corpus" / "data" / "resolutions"

_SUBJECTS = {
    "en": ["the Director of the Bureau", "Member States", "study groups of the Sector", "WTSA-20"],
    "fr": [
        "le Directeur du Bureau",
        "les États Membres",
        "l'Assemblée",
        "la Commission d'études 5",
    ],
    "es": ["el Director de la Oficina", "los Estados Miembros", "la Conferencia", "el Consejo"],
    "ru": ["Директор Бюро", "Государства-Члены", "исследовательские комиссии", "Совет МСЭ"],
    "ar": ["مدير المكتب", "الدول الأعضاء", "لجان الدراسات", "مجلس الاتحاد"],
    "zh": ["主任", "各成员国", "第二研究组", "国际电联理事会"],
    "el": ["η Διεύθυνση", "τα κράτη μέλη"],
    "hi": ["निदेशक", "सदस्य देश"],
    "ko": ["국장은", "회원국은"],
}
_ACTIONS = {
    "en": [
        "to report every year on",
        "shall continue to encourage",
        "takes note of",
        "cannot fund",
    ],
    "fr": [
        "de présenter un rapport sur",
        "doit continuer à appuyer",
        "prend note de",
        "n'examine pas",
    ],
    "es": ["que informe cada año sobre", "seguirá fomentando", "toma nota de", "no financia"],
    "ru": [
        "ежегодно представлять отчёт о",
        "продолжать поддерживать",
        "принимает к сведению",
        "не ведёт",
    ],
    "ar": ["بتقديم تقرير سنوي عن", "يواصل تشجيع", "يحيط علماً بـ", "لا يموّل"],
    "zh": ["每年报告", "继续鼓励", "注意到", "不得资助"],
    "el": ["υποβάλλει έκθεση για", "στηρίζει"],
    "hi": ["हर वर्ष रिपोर्ट देगा", "समर्थन करेगा"],
    "ko": ["매년 보고한다:", "계속 장려한다:"],
}
_OBJECTS = {
    "en": [
        "the outcomes of the World Summit (2003–2005);",
        "IPv6, DNS and 5G networks.",
        "§ 12 bis",
    ],
    "fr": ["l'égalité d'accès aux « TIC » ;", "la numérotation E.164 ;", "1 250 000 francs"],
    "es": [
        "¿la brecha digital?",
        "la normalización (Rev. Dubái, 2012);",
        "el 35 % del presupuesto",
    ],
    "ru": ["преодолении «цифрового разрыва»;", "Резолюции 102 (Пересм. Дубай, 2018 г.)", "№ 7"],
    "ar": ["القرار ١٠٢ (المراجَع في دبي، 2018)؛", "مجتمع المعلومات والفجوة الرقمية؟", "النفاذ ٪٣٥"],
    "zh": [
        "信息社会世界高峰会议（WSIS）的成果；",
        "ＩＣＴ与２０３０年可持续发展议程",
        "第102号决议（2018年，迪拜，修订版）",
    ],
    "el": ["την ψηφιακή σύγκλιση·", "τις τεχνολογίες 5G."],
    "hi": ["डिजिटल खाई पर।", "दूरसंचार मानकों का"],
    "ko": ["정보사회세계정상회의의 성과.", "전기통신 표준화"],
}


def multilingual_lines(count: int) -> list[str]:
    """The first `count` of a fixed shuffle of the founding texts' lines and composed sentences."""
    founding = [
        line.strip()
        for file in sorted(RESOLUTIONS.glob("*.txt"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    composed = [
        " ".join(parts) if language != "zh" else "".join(parts)
        for language in _SUBJECTS
        for parts in itertools.product(_SUBJECTS[language], _ACTIONS[language], _OBJECTS[language])
    ]
    numbered = [
        f"{label}{mark} {sentence}"
        for (label, mark), sentence in itertools.product(
            [("1", "."), ("e", ")"), ("iii", ")"), ("2 bis", ""), ("§ 4", ":")], composed
        )
    ]
    pairs = [f"{one} {other}" for one, other in zip(composed, composed[7:], strict=False)]
    lines = list(dict.fromkeys([*founding, *composed, *numbered, *pairs]))
    random.Random(75).shuffle(lines)
    if len(lines) < count:
        raise ValueError(f"only {len(lines)} lines can be composed, {count} are asked for")
    return lines[:count]
