"""Takes the endings off Korean words: particles behind nouns, and forms of 하다, 되다 and 이다 behind what is done."""

import re
from functools import lru_cache

_HANGUL = re.compile("[가-힣]+")
_PARTICLES = (
    "은 는 이 가 을 를 의 에 도 만 로 으로 와 과 랑 이랑 하고 나 이나 야 아 요 께 에게 "
    "한테 께서 에서 부터 까지 마다 보다 처럼 조차 마저 밖에 대로 만큼 라도 이라도 라고 이라고 "
    "에는 에도 에만 에서는 에서도 에게서 한테서 에게는 한테는 로는 으로는 로도 으로도 로부터 "
    "으로부터 까지는 까지도 부터는 께서는 와는 과는 만은 만이 만을 들 들이 들을 들은 들의 "
    "들에게 들도 님 님이 님은 님을 님의 님께 님께서 님이요 이요 "
)
_ENDINGS = (
    "하다 해 해요 했어 했어요 합니다 합니까 했습니다 했습니까 하는 하는데 하려고 하려면 하러 "
    "해서 하면 하면서 하지 하지만 하기 하기를 하신 하셨 하셨어요 하셨습니다 하십니다 하시면 "
    "하시겠어요 하고요 하고서 하여 했던 했는데 했고 할 할게요 할까요 할래요 한 한다 한다고 함 "
    "해주세요 해줘 해주시겠어요 해드릴게요 해드리겠습니다 하겠습니다 하실 하라고 하자 되다 돼 돼요 "
    "되면 되는 되고 되어 됐어요 됐습니다 되었습니다 되었어요 됩니다 됩니까 되나요 된 될 되지 "
    "이다 입니다 입니까 이에요 예요 이예요 인데 인데요 이고 이라서 이라는 이었어요 였어요 "
    "였습니다 이었습니다 이지만 "
)
_SUFFIXES = frozenset((_PARTICLES + _ENDINGS).split())
_LONGEST = max(map(len, _SUFFIXES))


@lru_cache(maxsize=65536)
def without_endings(word: str) -> tuple[str, ...]:
    """What a word may be without its ending, the longest ending taken off first; nothing for other scripts."""
    if len(word) < 2 or not _HANGUL.fullmatch(word):
        return ()
    return tuple(word[:-size] for size in range(min(_LONGEST, len(word) - 1), 0, -1) if word[-size:] in _SUFFIXES)
