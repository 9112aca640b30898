"""The Merkle tree against known vectors and against a slow, plain reading of the RFC."""

import hashlib
from collections.abc import Sequence

import pytest

from claims.errors import StoreError
from claims.ledger.canonical import canonical
from claims.ledger.proofs import consistent, includes
from claims.ledger.tree import Hasher, Tree

# Inputs and roots commonly used to check implementations of RFC 6962.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = range(1, 71)
LEAVES = [f"leaf {n}".encode() for n in range(70)]


def plain_root(hasher: Hasher, contents: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word."""
    if not contents:
        return hasher.digest(b"")
    if len(contents) == 1:
        return hasher.digest(b"\0" + contents[0])
    k = 1
    while 2 * k < len(contents):
        k *= 2
    return hasher.digest(b"\1" + plain_root(hasher, contents[:k]) + plain_root(hasher, contents[k:]))


def tree_of(hasher: Hasher, contents: Sequence[bytes]) -> Tree:
    def node(level: int, position: int) -> bytes:
        return plain_root(hasher, contents[position << level : (position + 1) << level])

    return Tree(hasher, node, len(contents))


@pytest.mark.parametrize("size", range(9))
def test_known_roots(size: int) -> None:
    assert tree_of(Hasher(), [bytes.fromhex(text) for text in INPUTS[:size]]).root().hex() == ROOTS[size]


def test_a_known_path() -> None:
    tree = tree_of(Hasher(), [bytes.fromhex(text) for text in INPUTS])
    assert [step.hex() for step in tree.inclusion(0)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]


def test_sm3_is_the_national_hash() -> None:
    assert Hasher("sm3").digest(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_sm3_without_the_help_of_openssl(monkeypatch: pytest.MonkeyPatch) -> None:
    given = Hasher("sm3").digest(b"abc")
    monkeypatch.setattr(hashlib, "algorithms_available", {"sha256"})
    assert Hasher("sm3").digest(b"abc") == given


def test_an_unknown_hash_is_refused() -> None:
    with pytest.raises(StoreError, match="md5"):
        Hasher("md5")


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_every_leaf_of_every_size_is_proved(algorithm: str) -> None:
    hasher = Hasher(algorithm)
    for size in SIZES if algorithm == "sha256" else (1, 2, 7, 13):
        tree = tree_of(hasher, LEAVES[:size])
        root = tree.root()
        assert root == plain_root(hasher, LEAVES[:size])
        for index in range(size):
            path, leaf = tree.inclusion(index), hasher.leaf(LEAVES[index])
            assert includes(hasher, leaf, index, size, path, root)
            assert not includes(hasher, leaf, index, size, [*path, root], root)
            assert not includes(hasher, leaf, index + size, size, path, root)
            assert not includes(hasher, hasher.leaf(b"other"), index, size, path, root)
            if path:
                assert not includes(hasher, leaf, index, size, path[1:], root)
                assert not includes(hasher, leaf, index ^ 1, size, path, root)


def test_every_pair_of_sizes_is_consistent_and_no_other_root_is() -> None:
    hasher = Hasher()
    roots = [plain_root(hasher, LEAVES[:size]) for size in range(71)]
    for size in SIZES:
        tree = tree_of(hasher, LEAVES[:size])
        for earlier in range(size + 1):
            path = tree.consistency(earlier)
            assert consistent(hasher, earlier, size, path, roots[earlier], roots[size])
            assert not consistent(hasher, earlier, size, path, b"x" * 32, roots[size])
            assert not consistent(hasher, earlier, size, [*path, b"x" * 32], roots[earlier], roots[size])
            if path:
                assert not consistent(hasher, earlier, size, path, roots[earlier], roots[size - 1])
                assert not consistent(hasher, earlier, size, path[:-1], roots[earlier], roots[size])


def test_canonical_json_has_one_text_for_equal_values() -> None:
    assert canonical({"b": ["环", True, None, 2**65], "a": {}}) == '{"a":{},"b":["环",true,null,36893488147419103232]}'
    with pytest.raises(TypeError):
        canonical({"share": 0.5})  # type: ignore[dict-item]
