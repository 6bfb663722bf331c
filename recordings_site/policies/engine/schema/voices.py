"""Voices of announcements and prompts, as Sinch takes them: a locale, a locale with a gender, or a voice by name.

From Sinch's page on voice locales; values compare without regard to case. Suggested, never required: the list grows.
"""

from recordings_site.policies.engine.schema import locales

PATTERN = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*(/([Ff][Ee][Mm][Aa][Ll][Ee]|[Mm][Aa][Ll][Ee]))?|[A-Za-z]{3,30}(_[0-9])?"
REMEDY = "must be a locale like en-US, one with a gender like en-US/female, or the name of a voice like Joanna"
LONGEST = 40

_VOICES = (
    "arb:Zeina az-AZ:Banu,Babek bg-BG:Kalina,Boris ca-ES:Arlet cmn-CN:Zhiyu cs-CZ:Vlasta,Antonin cy-GB:Gwyneth "
    "da-DK:Naja,Mads de-DE:Marlene,Vicki,Hans en-AU:Nicole,Olivia,Russell en-GB:Amy,Emma,Brian,Arthur "
    "en-GB-WLS:Geraint en-IN:Aditi,Raveena,Kajal en-NZ:Aria en-US:Ivy,Joanna,Kendra,Kimberly,Salli,Joey,Justin,Kevin,"
    "Matthew en-ZA:Ayanda es-ES:Conchita,Lucia,Enrique es-MX:Mia es-US:Lupe,Penelope,Miguel fr-CA:Chantal,Gabrielle "
    "fr-FR:Celine,Lea,Mathieu hr-HR:Gabrijela,Srecko is-IS:Dora,Karl it-IT:Bianca,Carla,Giorgio ja-JP:Mizuki,Takumi "
    "ko-KR:Seoyeon my-MM:Nilar,Thiha nb-NO:Liv nl-NL:Lotte,Ruben pl-PL:Ewa,Maja,Jacek,Jan pt-BR:Camila,Vitoria,Ricardo "
    "pt-PT:Ines,Cristiano ro-RO:Carmen ru-RU:Tatyana,Maxim sv-SE:Astrid tr-TR:Filiz zh-HK:HiuGaai,HiuMaan,WanLung"
)
_LOCALES = {
    voice.lower(): locale
    for locale, names in (each.split(":") for each in _VOICES.split())
    for voice in names.split(",")
}
SUGGESTED = tuple(
    suggestion
    for each in _VOICES.split()
    for locale, _, names in [each.partition(":")]
    for suggestion in (locale, f"{locale}/female", f"{locale}/male", *names.split(","))
)
# Sinch's names for the languages ar and zh.
_SAME = {"arb": "ar", "cmn": "zh", "nb": "no"}


def is_known(voice: str) -> bool:
    """Whether its language is known: any locale's is, of the names those that Sinch lists."""
    return bool(language(voice))


def language(voice: str) -> str:
    """The language that a voice speaks, `sv` of `sv-SE/female` and of `Astrid`; "" for a name that is not listed."""
    locale = voice.partition("/")[0]
    named = _LOCALES.get(locale.lower())
    if named is None and "-" not in locale and "/" not in voice and len(locale) > 3:
        return ""
    found = locales.language(named or locale)
    return _SAME.get(found, found)
