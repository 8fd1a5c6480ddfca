"""Bodies come out of the archive as they went in."""

from hypothesis import given
from hypothesis import strategies as st

from services.mock_portal.archive import Archive

FILLER = b'{"MaHoSo": "H22-1"}' * 700


@given(bodies=st.lists(st.binary(max_size=300) | st.just(FILLER) | st.just(FILLER * 12), max_size=40))
def test_every_body_is_read_as_it_came_across_blocks(bodies: list[bytes]) -> None:
    archive = Archive()
    kept = [archive.keep(body) for body in bodies]

    assert [block.read(place) for block, place in kept] == bodies


def test_many_small_bodies_take_more_than_one_block() -> None:
    archive = Archive()
    kept = [archive.keep(str(number).encode()) for number in range(600)]

    assert len({id(block) for block, _ in kept}) == 3
    assert [block.read(place) for block, place in kept] == [str(number).encode() for number in range(600)]
