import gzip
import subprocess
import sys

import brotli
import pytest

from feeds.render import ENCODERS

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

DECODERS = {"br": brotli.decompress, "gzip": gzip.decompress, "zstd": zstd.decompress}
NEWS = "据浙江消保委微信公众号消息，近日有消费者反映，".encode() * 100


def test_every_coding_has_a_decoder_here():
    assert set(DECODERS) == set(ENCODERS)


@pytest.mark.parametrize("coding", ENCODERS)
@pytest.mark.parametrize("body", [b"", b"feed", NEWS, bytes(range(256)) * 9], ids=["empty", "tiny", "news", "binary"])
def test_a_coded_body_comes_back_whole(coding, body):
    assert DECODERS[coding](ENCODERS[coding](body)) == body


@pytest.mark.parametrize("coding", ENCODERS)
def test_a_coded_body_is_smaller(coding):
    assert len(ENCODERS[coding](NEWS)) < len(NEWS) / 10


@pytest.mark.parametrize("coding", ENCODERS)
def test_another_process_makes_the_same_bytes(coding):
    code = "import sys; from feeds.render import ENCODERS; sys.stdout.buffer.write(ENCODERS[sys.argv[1]](sys.stdin.buffer.read()))"
    other = subprocess.run([sys.executable, "-c", code, coding], input=NEWS, capture_output=True, check=True)
    assert other.stdout == ENCODERS[coding](NEWS) == ENCODERS[coding](NEWS)


def test_no_time_of_day_is_in_the_header_of_gzip():
    assert ENCODERS["gzip"](b"feed")[4:8] == bytes(4)  # MTIME, RFC 1952 §2.3


def test_zstd_asks_for_no_larger_window_than_clients_must_take():
    coded = ENCODERS["zstd"](NEWS * 2_000)  # 13 MB
    limit = {zstd.DecompressionParameter.window_log_max: 23}  # 8 MB, RFC 9659 §3
    assert zstd.decompress(coded, options=limit) == NEWS * 2_000
