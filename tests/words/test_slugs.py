from hypothesis import given
from hypothesis import strategies as st

from feeds.slugs import normal_term, slug_for

TERMS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(" _-~/.%#\0"), min_size=1)


@given(TERMS, TERMS)
def test_two_terms_never_share_a_slug(one, other):
    one, other = normal_term(one), normal_term(other)
    assert (slug_for(one) == slug_for(other)) == (one == other)


@given(st.text("ab _", min_size=190, max_size=230), st.text("ab _", min_size=190, max_size=230))
def test_long_terms_share_no_slug_and_fit_a_file_name(one, other):
    one, other = normal_term(one), normal_term(other)
    assert (slug_for(one) == slug_for(other)) == (one == other)
    assert len(slug_for(one).encode()) <= 200


@given(TERMS)
def test_a_slug_is_one_safe_path_segment(term):
    slug = slug_for(normal_term(term))
    assert not set(slug) & set('/\\?#%<>:"|* \0')
    assert not slug.startswith(".")


@given(TERMS, TERMS, TERMS)
def test_a_slug_fixed_in_the_settings_is_taken_from_whoever_had_it(one, other, third):
    one, other = normal_term(one), normal_term(other)
    fixed = {one: slug_for(other)}
    if one != other:
        assert slug_for(one, fixed) != slug_for(other, fixed)


def test_every_script_stays_readable_and_spaces_become_underscores():
    assert slug_for("新京报新闻") == "新京报新闻"
    assert slug_for("Career In touxingPEVC") == "Career_In_touxingPEVC"
    assert slug_for("anxinguojizhengquan(xianggang)") == "anxinguojizhengquan(xianggang)"
    assert slug_for("*ST新闻") == "~2AST新闻"
    assert slug_for("snake_case") == "snake~5Fcase"


def test_case_twins_are_two_terms():
    assert slug_for("TechWeb") != slug_for("Techweb")


def test_a_term_has_one_spelling_whatever_its_spaces_and_composition():
    assert normal_term(" 21shijijingjibaodao \u3000 nancailicaitong ") == "21shijijingjibaodao nancailicaitong"
    assert normal_term("Cafe\u0301") == "Caf\u00e9"
