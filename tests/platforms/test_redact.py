"""What is written down holds no secret and nothing about people."""

import json

import pytest

from ciama_connector.platforms.redact import EXCERPT, redact_body, redact_text, redact_url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:p@shop.example:8443/a?page=2", "https://shop.example:8443/a?page=2"),
        ("https://shop.example/a?ws_key=ABC&x=1", "https://shop.example/a?ws_key=***&x=1"),
        ("https://shop.example/?oauth_nonce=1&oauth_signature=2",
         "https://shop.example/?oauth_nonce=***&oauth_signature=***"),
        ("https://shop.example/?access_token=1&hmac=2&code=3",
         "https://shop.example/?access_token=***&hmac=***&code=***"),
        ("https://shop.example/?search=lucie%40example.com", "https://shop.example/?search=***"),
        ("https://shop.example/?filter[id]=[1|2]&sort=", "https://shop.example/?filter[id]=[1|2]&sort="),
        ("https://shop.example/a#token", "https://shop.example/a"),
    ],
)  # fmt: skip
def test_addresses(url, shown):
    assert redact_url(url) == shown


def test_a_secret_in_the_path_is_masked_as_it_is_written_there():
    assert redact_url("https://shop.example/k%2F1/x?y=k%2F1", ["k/1"]) == (
        "https://shop.example/***/x?y=***"
    )


@pytest.mark.parametrize(
    "text",
    [
        "mail lucie.martin+x@shop.example.com now",
        "call +33 6 12 34 56 78 now",
        "IBAN 7612345678901234567890123 now",
        "Authorization: Bearer abc.def-ghi now",
        "Basic dXNlcjpwYXNz now",
        "key s3cret/x and s3cret%2Fx now",
    ],
)
def test_texts(text):
    found = redact_text(text, ["s3cret/x"])
    assert "***" in found
    assert found.endswith(" now")
    for part in ("lucie", "12 34", "123456789", "abc.def", "dXNl", "s3cret"):
        assert part not in found


def test_of_json_only_the_fault_is_kept():
    body = {
        "code": "invalid",
        "message": "Not valid for lucie@example.com",
        "data": {"status": 400, "params": {"status": "unknown", "email": "lucie@example.com"}},
        "errors": [{"extensions": {"code": "THROTTLED"}, "path": ["orders", 0]}],
        "billing": {"name": "Lucie Martin"},
        "name": "Lucie Martin",
        "customer_note": "ring twice",
    }
    found = json.loads(redact_body(json.dumps(body).encode()))
    assert found["code"] == "invalid"
    assert found["message"] == "Not valid for ***"
    assert found["data"] == {"status": 400, "params": {"status": "unknown", "email": "***"}}
    assert found["errors"] == [{"extensions": {"code": "THROTTLED"}, "path": ["orders", 0]}]
    assert (found["billing"], found["name"], found["customer_note"]) == ("***", "***", "***")


@pytest.mark.parametrize("cut", [60, 100_000])
def test_json_that_breaks_off_tells_nothing(cut):
    """Neither cut by the server, nor by the limit of what is looked at."""
    body = json.dumps([{"first_name": "Lucie", "city": "Lyon", "n": n} for n in range(5000)])
    assert "Lucie" not in redact_body(body[:cut].encode())


def test_pages_keep_their_beginning_as_text():
    page = b"<html><head><title>503</title></head>\n<body><h1>Back   soon</h1>" + b"x" * 5000
    found = redact_body(page)
    assert found.startswith("503 Back soon")
    assert len(found) <= 300


def test_an_excerpt_stays_short_whatever_comes():
    body = {"errors": [{"message": "x" * 500} for _ in range(100)]}
    assert len(redact_body(json.dumps(body).encode())) == EXCERPT
    assert redact_body(b"\xff\xfe\x00") != ""
    assert redact_body(b"") == ""
