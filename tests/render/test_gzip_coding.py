import gzip

from feeds.render import gzip_bytes


def test_a_coded_body_comes_back_whole_and_smaller():
    body = "据浙江消保委微信公众号消息".encode() * 100
    assert gzip.decompress(gzip_bytes(body)) == body
    assert len(gzip_bytes(body)) < len(body) / 10


def test_no_time_of_day_is_in_the_header():
    assert gzip_bytes(b"feed")[4:8] == bytes(4)  # MTIME, RFC 1952 §2.3
    assert gzip_bytes(b"feed") == gzip_bytes(b"feed")
