"""A process is neither too small for a small machine nor too large for a large one."""

from recordings_site.base import machine


def test_sizes_grow_with_the_cores_between_bounds() -> None:
    assert [machine.processes(cores) for cores in (1, 2, 4, 64)] == [2, 2, 4, 8]
    assert [machine.threads(cores) for cores in (1, 2, 64)] == [128, 256, 256]
    assert [machine.pool_size(cores) for cores in (1, 2, 64)] == [6, 8, 16]
    assert machine.cores() >= 1
