"""Tells what format a file is of by its first bytes, whatever its name or its store say."""

from recordings_site.recordings.audio import wav
from recordings_site.recordings.audio.formats import OF_WAV
from recordings_site.recordings.audio.mpeg import Bytes, Search, is_free_format

HEAD = 16 * 1024
"""Bytes that are enough to tell, also behind a line of text or some NULs."""
DEPTH = 1024 * 1024
"""Bytes in which frames are looked for before a file is given up."""

_MAGIC = (
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"#!AMR-WB", "amr_wb"),
    (b"#!AMR", "amr"),
    (b"#!SILK", "silk"),
    (b"\x02#!SILK", "silk"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "wma"),
    (b".snd", "au"),
    (b"caff", "caf"),
    (b".ra\xfd", "realaudio"),
    (b".RMF", "realaudio"),
    (b"riff\x2e\x91\xcf\x11", "wave64"),
    (b"\x0b\x77", "ac3"),
)
# Of layer II, by the second byte of a header.
_RATES = {0xFC: (44100, 48000, 32000), 0xF4: (22050, 24000, 16000)}
_KBITS = {
    0xFC: (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 0),
    0xF4: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
}


def sniff(head: Bytes, at: int = 0, *, depth: int = HEAD) -> str | None:
    """The code (formats.FORMATS) of a file by its bytes from `at` on, at most `depth` of them; None for no audio."""
    start = bytes(head[at : at + 16])
    if start[:4] in (b"RIFF", b"RF64", b"BW64", b"RIFX", b"FORM"):
        return _riff(head, start) if not at else None
    if start[:3] == b"ID3":
        return "mp3"
    if start[4:8] == b"ftyp":
        return "mp4"
    if start[:4] == b"\x1aE\xdf\xa3":
        return "webm" if b"webm" in bytes(head[at : at + 64]) else "matroska"
    for magic, code in _MAGIC:
        if start.startswith(magic):
            return _ogg(bytes(head[at : at + 64])) if code == "ogg" else code
    return _frames(head, at, min(len(head), at + depth))


def _riff(head: Bytes, start: bytes) -> str | None:
    form = start[8:12]
    if start[:4] == b"FORM":
        return "aiff" if form in (b"AIFF", b"AIFC") else None
    if form != b"WAVE":
        return "avi" if form == b"AVI " else None
    if start[:4] == b"RIFX":
        return "wav_big_endian"
    try:
        found = wav.read(head, whole=False)
    except wav.Unreadable:
        return "wav"
    return of_wav(found)


def of_wav(found: wav.Wav) -> str:
    """The code of a WAV file by its codec."""
    if found.codec == wav.MP3:
        return "mp3"
    if found.plays:
        return "wav"
    return "wav_float_64" if found.codec == wav.FLOAT else OF_WAV.get(found.codec, "wav_other")


def _ogg(head: bytes) -> str:
    """By the first packet, which names the codec."""
    return "ogg_speex" if b"Speex   " in head else "ogg"


def _frames(head: Bytes, at: int, stop: int) -> str | None:
    """By frames of MPEG audio, which begin without a name."""
    first = bytes(head[at : at + 4])
    if len(first) > 1 and first[0] == 0xFF and first[1] & 0xF6 == 0xF0 and _adts(head, at, stop):
        return "aac"
    if is_free_format(head, at, stop):
        return "mp3_free"
    if len(first) > 2 and first[0] == 0xFF and first[1] & 0xE6 == 0xE2 and first[1] != 0xEA and first[2] >> 4 != 15:
        return "mp3"
    if _layer_2(head, at, stop):
        return "mpeg_layer_1_2"
    found = Search(head, stop).next(at)
    return "mp3" if found >= 0 else None


def _adts(head: Bytes, at: int, stop: int) -> bool:
    """Whether two frames of AAC follow each other."""
    length = (head[at + 3] & 3) << 11 | head[at + 4] << 3 | head[at + 5] >> 5 if at + 6 <= stop else 0
    after = at + length
    return length > 7 and (after + 2 > stop or (head[after] == 0xFF and head[after + 1] & 0xF6 == 0xF0))


def _layer_2(head: Bytes, at: int, stop: int) -> bool:
    """Whether two frames of layer II, of MPEG 1 or 2, follow each other."""
    if at + 4 > stop or head[at] != 0xFF or (kind := head[at + 1] & 0xFE) not in _RATES or head[at + 2] >> 2 & 3 == 3:
        return False
    kbits, rate = _KBITS[kind][head[at + 2] >> 4], _RATES[kind][head[at + 2] >> 2 & 3]
    after = at + 144_000 * kbits // rate + (head[at + 2] >> 1 & 1)
    return kbits > 0 and after + 2 <= stop and head[after] == 0xFF and head[after + 1] & 0xFE == kind
