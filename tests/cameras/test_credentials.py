"""Addresses at rest and on display."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from cameras.credentials import UnreadableSource, decrypt, encrypt, masked, masked_text, masked_token

SOURCE = "rtsp://root:s3cret-pw@10.0.0.8:554/stream?profile=1"


def test_an_encrypted_address_comes_back_and_holds_nothing_readable() -> None:
    token = encrypt(SOURCE)
    assert b"s3cret" not in token
    assert b"10.0.0.8" not in token
    assert [decrypt(token), decrypt(memoryview(token)), decrypt(token.decode())] == [SOURCE] * 3


def test_another_key_refuses_in_words_and_without_the_token_in_the_traceback(settings) -> None:
    token = encrypt(SOURCE)
    settings.CREDENTIAL_KEY = Fernet.generate_key()
    with pytest.raises(UnreadableSource, match="enter the address again") as refusal:
        decrypt(token)
    assert refusal.value.__suppress_context__
    assert masked_token(token) == "an address that this installation's key cannot read"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (SOURCE, "rtsp://***:***@10.0.0.8:554/stream?profile=1"),
        ("rtsp://10.0.0.8/stream", "rtsp://10.0.0.8/stream"),
        ("rtsp://root@10.0.0.8/stream", "rtsp://***:***@10.0.0.8/stream"),
        ("rtsp://root:p@ss/w?rd@10.0.0.8/stream", "rtsp://***:***@10.0.0.8/stream"),
        ("http://10.0.0.8/mjpg?user=root&password=s3cret&q=1", "http://10.0.0.8/mjpg?user=***&password=***&q=1"),
        ("https://host/live.m3u8?access_token=abc", "https://host/live.m3u8?access_token=***"),
        ("/srv/media/gate.mp4", "/srv/media/gate.mp4"),
        ("/srv/media/a@b.mp4", "/srv/media/a@b.mp4"),
        ("usb:0", "usb:0"),
    ],
)
def test_the_masked_form(source: str, shown: str) -> None:
    assert masked(source) == shown


def test_a_sentence_is_masked_where_it_quotes_an_address() -> None:
    sentence = f"Connection to {SOURCE} was refused, see http://10.0.0.8/?pwd=s3cret too."
    assert masked_text(sentence) == (
        "Connection to rtsp://***:***@10.0.0.8:554/stream?profile=1 was refused, see http://10.0.0.8/?pwd=*** too."
    )


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30))
def test_no_password_survives_masking(password: str) -> None:
    assert masked(f"rtsp://root:<{password}>@camera/live") == "rtsp://***:***@camera/live"
