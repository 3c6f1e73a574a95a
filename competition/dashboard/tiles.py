"""Where each district stands on the tile map: columns from west, rows from north."""

TILES: dict[str, tuple[int, int]] = {
    "长兴岛": (0, 0), "瓦房店市": (1, 0), "普兰店区": (2, 0), "庄河市": (3, 0),
    "金普新区": (2, 1), "金州区": (3, 1), "长海县": (4, 1),
    "高新区": (1, 2), "甘井子区": (2, 2),
    "旅顺口区": (0, 3), "沙河口区": (1, 3), "西岗区": (2, 3), "中山区": (3, 3),
}  # fmt: skip
TILE_WIDTH, TILE_HEIGHT, GAP = 66, 68, 3
MAP_WIDTH, MAP_HEIGHT = 5 * (TILE_WIDTH + GAP) - GAP + 2, 4 * (TILE_HEIGHT + GAP) - GAP + 3


def tile_at(name: str) -> tuple[int, int] | None:
    """The upper left corner of a district's tile."""
    place = TILES.get(name)
    return (place[0] * (TILE_WIDTH + GAP), place[1] * (TILE_HEIGHT + GAP)) if place else None


def shade(count: int) -> int:
    """0 for none, then a darker step for every ten, as the key under the map says."""
    return 0 if count == 0 else min(4, count // 10 + 1)
