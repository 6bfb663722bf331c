"""The formats that a file may truly be of: what browsers play, and what they can only hand out as a file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its media type, the ending of its files, its name for people, and whether browsers play it."""

    media_type: str
    ending: str
    label: str
    plays: bool = True


FORMATS = {
    "mp3": Format("audio/mpeg", "mp3", "MP3"),
    "wav": Format("audio/wav", "wav", "WAV"),
    "ogg": Format("audio/ogg", "ogg", "Ogg"),
    "flac": Format("audio/flac", "flac", "FLAC"),
    "aac": Format("audio/aac", "aac", "AAC"),
    "mp4": Format("audio/mp4", "m4a", "MPEG-4 audio"),
    "webm": Format("audio/webm", "webm", "WebM"),
    "mp3_free": Format("audio/mpeg", "mp3", "MP3 in free format", plays=False),
    "mpeg_layer_1_2": Format("audio/mpeg", "mp2", "MPEG audio layer I or II", plays=False),
    "wav_other": Format("audio/wav", "wav", "WAV with a codec that browsers don’t support", plays=False),
    "wav_big_endian": Format("audio/wav", "wav", "big-endian WAV (RIFX)", plays=False),
    "wav_float_64": Format("audio/wav", "wav", "WAV in 64-bit floating point", plays=False),
    "wav_gsm": Format("audio/wav", "wav", "GSM 6.10 in WAV", plays=False),
    "wav_adpcm": Format("audio/wav", "wav", "ADPCM in WAV", plays=False),
    "wav_g722": Format("audio/wav", "wav", "G.722 in WAV", plays=False),
    "wav_g723": Format("audio/wav", "wav", "G.723 in WAV", plays=False),
    "wav_g726": Format("audio/wav", "wav", "G.726 in WAV", plays=False),
    "wav_g729": Format("audio/wav", "wav", "G.729 in WAV", plays=False),
    "wav_truespeech": Format("audio/wav", "wav", "TrueSpeech in WAV", plays=False),
    "wav_mpeg": Format("audio/wav", "wav", "MPEG audio layer II in WAV", plays=False),
    "wav_wma": Format("audio/wav", "wav", "Windows Media Audio in WAV", plays=False),
    "wav_speex": Format("audio/wav", "wav", "Speex in WAV", plays=False),
    "ogg_speex": Format("audio/ogg", "spx", "Speex", plays=False),
    "amr": Format("audio/amr", "amr", "AMR", plays=False),
    "amr_wb": Format("audio/amr-wb", "awb", "AMR-WB", plays=False),
    "amr_mp4": Format("audio/3gpp", "3gp", "AMR in 3GP", plays=False),
    "alac": Format("audio/mp4", "m4a", "Apple Lossless", plays=False),
    "silk": Format("audio/silk", "silk", "SILK", plays=False),
    "wma": Format("audio/x-ms-wma", "wma", "Windows Media Audio", plays=False),
    "aiff": Format("audio/aiff", "aiff", "AIFF", plays=False),
    "au": Format("audio/basic", "au", "Sun AU", plays=False),
    "caf": Format("audio/x-caf", "caf", "Core Audio Format", plays=False),
    "realaudio": Format("audio/vnd.rn-realaudio", "ra", "RealAudio", plays=False),
    "matroska": Format("video/x-matroska", "mkv", "Matroska", plays=False),
    "avi": Format("video/x-msvideo", "avi", "AVI video", plays=False),
    "wave64": Format("audio/x-w64", "w64", "Wave64", plays=False),
    "ac3": Format("audio/ac3", "ac3", "AC-3", plays=False),
}
"""By the code that is kept in a recording's facts."""

# Format tags of WAV (RFC 2361 and what telephony adds), as far as they name a codec that browsers do not play.
OF_WAV = {
    0x02: "wav_adpcm", 0x11: "wav_adpcm", 0x17: "wav_adpcm", 0x20: "wav_adpcm", 0x200: "wav_adpcm",
    0x14: "wav_g723", 0x42: "wav_g723", 0x59: "wav_g723", 0x123: "wav_g723",
    0x40: "wav_g726", 0x45: "wav_g726", 0x64: "wav_g726", 0x85: "wav_g726", 0x140: "wav_g726",
    0x22: "wav_truespeech", 0x31: "wav_gsm", 0x32: "wav_gsm", 0x50: "wav_mpeg",
    0x65: "wav_g722", 0x28F: "wav_g722", 0x73: "wav_g729", 0x83: "wav_g729", 0x133: "wav_g729",
    0x160: "wav_wma", 0x161: "wav_wma", 0x162: "wav_wma", 0xA109: "wav_speex",
}  # fmt: skip

ENDINGS = {each.media_type: each.ending for each in reversed(FORMATS.values())}
"""The ending of a file's name by its media type."""
