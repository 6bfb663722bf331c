"""The kinds of store. Each is one folder here, registered in KINDS; nothing else tells them apart.

A new one needs its folder, its line below, an adapter in `storage`, and Sinch's grammar for it in `sinch`.
"""

from collections.abc import Mapping

from recordings_site.destinations.kinds import azure, gs, local, s3
from recordings_site.destinations.kinds.base import StoreKind

KINDS: Mapping[str, StoreKind] = {kind.name: kind for kind in (s3.KIND, azure.KIND, gs.KIND, local.KIND)}
