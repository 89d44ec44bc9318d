"""[admin]: tokens and secrets are read from everywhere, and shown nowhere."""

import pytest

from feeds.errors import SettingsError
from feeds.settings import Settings, load_settings

TOKEN = "correct-horse-battery-staple"
DIGEST = "sha256:" + "0a" * 32


def load(folder, text="", **environ):
    (folder / "feeds.toml").write_text(text, "utf-8")
    return load_settings(folder, environ=environ, flags={})


def mistakes(folder, text="", **environ):
    with pytest.raises(SettingsError) as caught:
        load(folder, text, **environ)
    return caught.value.mistakes


def tokens(settings):
    return {name: secret.get_secret_value() for name, secret in settings.admin.tokens.items()}


def test_tokens_are_read_from_the_file_in_clear_or_as_a_digest(tmp_path):
    settings = load(tmp_path, f'[admin]\ntokens = {{desk = "{TOKEN}", wire = "{DIGEST}"}}')
    assert tokens(settings) == {"desk": TOKEN, "wire": DIGEST}


@pytest.mark.parametrize(
    "token", [TOKEN, "1234567890123456", "true-true-true-true", "[abcdefghijklmnop".replace("[", "a")]
)
def test_a_token_is_read_from_the_environment_as_it_stands_there(tmp_path, token):
    assert tokens(load(tmp_path, FEEDS_ADMIN__TOKENS__DESK=token)) == {"desk": token}


def test_a_token_is_read_from_a_file_that_the_environment_names(tmp_path):
    (tmp_path / "secret").write_text(f"{TOKEN}\n")
    assert tokens(load(tmp_path, FEEDS_ADMIN__TOKENS__DESK_FILE=str(tmp_path / "secret"))) == {"desk": TOKEN}


def test_tokens_of_file_and_environment_join(tmp_path):
    settings = load(tmp_path, f'[admin.tokens]\ndesk = "{TOKEN}"', FEEDS_ADMIN__TOKENS__WIRE=DIGEST)
    assert tokens(settings) == {"desk": TOKEN, "wire": DIGEST}


def test_the_secret_of_a_hook_is_read_as_a_token_is(tmp_path):
    settings = load(tmp_path, FEEDS_ADMIN__HOOK_SECRETS__GITHUB="It's a Secret to Everybody")
    assert settings.admin.hook_secrets["github"].get_secret_value() == "It's a Secret to Everybody"


def test_the_token_of_a_command_is_no_setting(tmp_path):
    assert load(tmp_path, FEEDS_TOKEN=TOKEN) == Settings()


def test_secrets_show_in_no_text_made_of_settings(tmp_path):
    text = f'[admin]\ntokens = {{desk = "{TOKEN}"}}\nhook_secrets = {{github = "{TOKEN}"}}'
    settings = load(tmp_path, text)
    shown = [repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump()), f"{settings.admin}"]
    assert not [one for one in shown if TOKEN in one]
    assert hash(settings) == hash(load(tmp_path, text))


BAD = "hush-hush"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f'[admin]\ntokens = {{desk = "{BAD}"}}', "feeds.toml line 2: admin.tokens.desk has fewer than 16 characters"),
        (f'[admin.tokens]\ndesk = "{BAD} {BAD} {BAD}"', "feeds.toml line 2: admin.tokens.desk holds what no token can"),
        (f'[admin.tokens]\ndesk = "sha256:{BAD}"', "is not 64 hexadecimal digits"),
        (f'[admin.tokens]\ndesk = ["{BAD}"]', "admin.tokens.desk is not text; write it in quotation marks"),
        (f'[admin]\ntokens = "{BAD}"', "admin.tokens is not a table of texts"),
        (f'admin = "{BAD}"', "admin is not a table"),
        (f'[admin.tokens]\n"the desk" = "{TOKEN}"', "is no name for a token"),
        (f'[admin.hook_secrets]\ngithub = "{BAD}"', "admin.hook_secrets.github has fewer than 16 characters"),
        (f'[admin.hook_secrets]\ngitlab = "whsec_{BAD}-{BAD}"', "admin.hook_secrets.gitlab is no signing token"),
        (f'[admin.hook_secrets]\nsvn = "{TOKEN}"', "is no forge that is known; write github, gitlab or gitea"),
        (f"[admin.tokens]\ndesk = {BAD}{TOKEN}", "feeds.toml line 2: this cannot be read"),
        (f"[admin]\ntokens.desk = {BAD}{TOKEN}", "feeds.toml line 2: this cannot be read"),
        (f"admin.tokens.desk = {BAD}{TOKEN}", "feeds.toml line 1: this cannot be read"),
    ],
)
def test_a_mistake_names_the_place_and_not_the_secret(tmp_path, text, told):
    (said,) = mistakes(tmp_path, text)
    assert told in said
    assert BAD not in said
    assert TOKEN not in said


@pytest.mark.parametrize("name", ["FEEDS_ADMIN__TOKENS__DESK", "FEEDS_ADMIN__TOKENS", "FEEDS_ADMIN"])
def test_a_mistake_in_the_environment_names_the_variable_and_not_the_secret(tmp_path, name):
    (said,) = mistakes(tmp_path, **{name: BAD})
    assert said.startswith(f"environment {name}: ")
    assert BAD not in said
