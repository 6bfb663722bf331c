"""Locales to suggest for a transcription: those of Amazon Transcribe's batch jobs, whose list Sinch's matches.

Suggested, never required: Sinch's own list may grow, and it publishes none.
"""

_LIST = (
    "af-ZA ar-AE ar-SA be-BY bg-BG bn-IN bs-BA ca-ES cs-CZ cy-WL da-DK de-CH de-DE el-GR en-AB en-AU en-GB en-IE "
    "en-IN en-NZ en-US en-WL en-ZA es-ES es-US et-EE eu-ES fa-IR fi-FI fr-CA fr-FR gl-ES gu-IN he-IL hi-IN hr-HR "
    "hu-HU hy-AM id-ID is-IS it-IT ja-JP ka-GE kk-KZ kn-IN ko-KR lt-LT lv-LV mk-MK ml-IN mn-MN mr-IN ms-MY mt-MT "
    "nl-NL no-NO or-IN pa-IN pl-PL ps-AF pt-BR pt-PT ro-RO ru-RU si-LK sk-SK sl-SI so-SO sr-RS su-ID sv-SE sw-KE "
    "ta-IN te-IN th-TH tl-PH tr-TR uk-UA uz-UZ vi-VN wo-SN zh-CN zh-TW zu-ZA "
)
TRANSCRIPTION = tuple(_LIST.split())
_KNOWN = frozenset(locale.lower() for locale in TRANSCRIPTION)


def is_known(locale: str) -> bool:
    """Whether the locale is on the list, in any case."""
    return locale.lower() in _KNOWN


def language(locale: str) -> str:
    """The language of a locale: `sv` of `sv-SE`."""
    return locale.partition("-")[0].lower()
