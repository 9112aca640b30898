"""The checker's own signatures, hashes and proofs against the standards' vectors and the house's ledger."""

import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cases.exports.package.verifier import merkle
from cases.exports.package.verifier.signing import ORDER, signature_holds
from claims.ledger.tree import Hasher, Tree

# RFC 8032 section 7.1: public key, message, signature.
VECTORS = {
    "TEST 1": (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24"
        "655141438e7a100b",
    ),
    "TEST 2": (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee"
        "b00d291612bb0c00",
    ),
    "TEST 3": (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28d"
        "c027beceea1ec40a",
    ),
    "TEST SHA(abc)": (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e"
        "2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17a"
        "d9bef1177331a704",
    ),
}


@pytest.mark.parametrize("name", sorted(VECTORS))
def test_vectors_of_the_rfc(name: str) -> None:
    public, message, signature = (bytes.fromhex(text) for text in VECTORS[name])
    assert signature_holds(public, message, signature)
    assert not signature_holds(public, message + b"\0", signature)
    scalar = int.from_bytes(signature[32:], "little") + ORDER
    assert not signature_holds(public, message, signature[:32] + scalar.to_bytes(32, "little")), "malleable"


@pytest.mark.parametrize("seed", [1, 2])
def test_agrees_with_the_library_on_every_flipped_bit(seed: int) -> None:
    chance = random.Random(seed)
    key = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
    public, message = key.public_key().public_bytes_raw(), chance.randbytes(50)
    signature = key.sign(message)
    assert signature_holds(public, message, signature)
    for bit in chance.sample(range(512), 24):
        changed = bytearray(signature)
        changed[bit // 8] ^= 1 << bit % 8
        assert not signature_holds(public, message, bytes(changed))
    assert not signature_holds(public[:31], message, signature)
    assert not signature_holds(b"\xff" * 32, message, signature)


def test_sm3_of_the_standard() -> None:
    # GB/T 32905-2016, annex A.
    assert merkle.sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert merkle.sm3(b"abcd" * 16).hex() == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_proofs_of_the_ledger_hold_and_changed_ones_do_not(algorithm: str) -> None:
    hasher, count = Hasher(algorithm), 13
    leaves = [{"n": n} for n in range(count)]
    hashes = [merkle.leaf_hash(algorithm, leaf) for leaf in leaves]
    assert hashes[3] == hasher.leaf(merkle.canonical(leaves[3]))

    def node(level: int, position: int) -> bytes:
        if level == 0:
            return hashes[position]
        return hasher.node(node(level - 1, 2 * position), node(level - 1, 2 * position + 1))

    for size in range(1, count + 1):
        tree = Tree(hasher, node, size)
        root = tree.root()
        for index in range(size):
            path = tree.inclusion(index)
            assert merkle.includes(algorithm, hashes[index], index, size, path, root)
            assert not merkle.includes(algorithm, hashes[index], index + 1, size, path, root) or size == 1
            assert not merkle.includes(algorithm, hashes[(index + 1) % count], index, size, path, root)
            assert not merkle.includes(algorithm, hashes[index], index, size, [*path, root], root)
        for earlier in range(1, size + 1):
            before, path = Tree(hasher, node, earlier).root(), tree.consistency(earlier)
            assert merkle.consistent(algorithm, earlier, size, path, before, root)
            assert not merkle.consistent(algorithm, earlier, size, [*path, root], before, root)
            if earlier < size:
                assert not merkle.consistent(algorithm, earlier, size, path, root, root)
