"""What hangs on a webinar at the desk: speakers and their pictures, materials, and questions of one's own."""

import io

import pytest
from at_webinars import ON_ONE, a_picture, made, the_one, upload
from colleague import ANNA, Colleague, a_colleague
from PIL import Image
from sqlmodel import select
from webinars import takes_part

from content.errors import PictureRefused, WebinarRefused
from content.webinars.materials import kind_of_file
from content.webinars.speakers import SIDE, portrait
from content.webinars.tables import (
    Material,
    MaterialFile,
    OwnQuestion,
    Speaker,
    SpeakerPicture,
    Webinar,
)
from service.database import reading, writing
from service.runtime import Runtime
from subscribers.registrations.tables import RegistrationAnswer


@pytest.fixture
def anna(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, ANNA, "Anna", "editor")


def test_a_draft_is_thrown_away_with_all_that_hangs_on_it(runtime: Runtime, anna: Colleague) -> None:
    page = made(anna)
    upload(anna, f"{page}/sprekers/nieuw", {"name": "Nel"}, "nel.png", a_picture())
    upload(anna, f"{page}/stukken/nieuw", {"kind": "slides", "title": "Dia's"}, "dias.pdf", b"%PDF-1.7 x")
    assert anna.post(f"{page}/weggooien", via=page).status_code == 303
    with reading(runtime.engine) as session:
        for table in (Webinar, Speaker, SpeakerPicture, Material, MaterialFile):
            assert session.exec(select(table)).all() == []
    page = made(anna)
    anna.post(f"{page}/publiceren", via=page)
    assert anna.post(f"{page}/weggooien", via=page).status_code == 409
    assert the_one(runtime).status == "published"


@ON_ONE
def test_a_speaker_with_a_picture(runtime: Runtime, anna: Colleague) -> None:
    page = made(anna)
    here = f"{page}/sprekers/nieuw"
    assert anna.post(here, {"name": " ", "role": "GGD"}, via=here).status_code == 422
    form = {
        "name": "Nel de Vries",
        "role": "GGD Drenthe",
        "about": "Werkt aan *preventie*.",
        "alt": "Nel lacht",
    }
    refused = upload(anna, here, form, "nel.png", b"<svg onload=alert(1)>")
    assert refused.status_code == 422
    assert "Werkt aan *preventie*." in refused.text
    assert "Nel lacht" in refused.text
    assert upload(anna, here, form, "nel.png", a_picture()).status_code == 303
    with reading(runtime.engine) as session:
        speaker = session.exec(select(Speaker)).one()
    seen = anna.get(f"{page}/sprekers/{speaker.id}/foto")
    assert seen.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(seen.content)).size == (SIDE, SIDE)
    public = f"/webinars/{the_one(runtime).slug}"
    assert anna.client.get(f"{public}/sprekers/{speaker.id}").status_code == 404  # of a draft
    anna.post(f"{page}/publiceren", via=page)
    assert 'alt="Nel lacht"' in anna.get(public).text
    one = f"{page}/sprekers/{speaker.id}"
    assert anna.post(one, form | {"alt": "Nel kijkt"}, via=one).status_code == 303
    assert 'alt="Nel kijkt"' in anna.get(public).text
    assert anna.post(one, form | {"without": "true"}, via=one).status_code == 303
    assert "<img" not in anna.get(public).text
    assert anna.post(f"{one}/weg", via=one).status_code == 303
    assert "Nel de Vries" not in anna.get(public).text


def test_a_picture_is_made_anew_from_its_pixels_alone() -> None:
    tagged = Image.Exif()
    tagged[0x010E] = "where it was taken"
    tagged[0x0112] = 6  # lies on its side
    kept = portrait(a_picture("JPEG", exif=tagged) + b"<script>behind the end</script>")
    assert kept.startswith(b"\xff\xd8\xff")
    assert b"taken" not in kept
    assert b"script" not in kept
    assert dict(Image.open(io.BytesIO(kept)).getexif()) == {}
    for data, why in (
        (b"", "kind"),
        (b"GIF89a" + bytes(40), "kind"),
        (a_picture()[:60], "kind"),
        (bytes(9 * 1024 * 1024), "large"),
        (a_picture(size=(10_000, 6_000)), "large"),
    ):
        with pytest.raises(PictureRefused) as refused:
            portrait(data)
        assert refused.value.args[1] == why


def test_materials_are_files_that_only_save_or_links(runtime: Runtime, anna: Colleague) -> None:
    page = made(anna, for_whom="everyone")
    anna.post(f"{page}/publiceren", via=page)
    here = f"{page}/stukken/nieuw"
    wrong = upload(anna, here, {"kind": "slides", "title": "De dia's"}, "dias.html", b"<script>")
    assert wrong.status_code == 422
    assert "De dia&#39;s" in wrong.text
    assert (
        upload(anna, here, {"kind": "slides", "title": "De dia's"}, "É dia's.pdf", b"%PDF-1.7 x").status_code
        == 303
    )
    with reading(runtime.engine) as session:
        slides = session.exec(select(Material)).one()
    public = f"/webinars/{the_one(runtime).slug}"
    assert slides.address == f"{public}/stukken/{slides.id}"
    assert "De dia&#39;s" in anna.get(public).text
    saved = anna.client.get(slides.address)
    assert saved.content == b"%PDF-1.7 x"
    assert saved.headers["content-disposition"].startswith("attachment;")
    assert saved.headers["content-security-policy"].startswith("sandbox")
    assert saved.headers["x-content-type-options"] == "nosniff"

    later = {"kind": "slides", "title": "De dia's", "day": "2027-05-01", "time": "09:00"}
    assert anna.post(f"{page}/stukken/{slides.id}", later, via=page).status_code == 303
    assert anna.client.get(slides.address).status_code == 404
    bad = anna.post(here, {"kind": "link", "title": "x", "address": "javascript:alert(1)"}, via=here)
    assert bad.status_code == 422


@ON_ONE
def test_a_recording_is_nowhere_without_captions(runtime: Runtime, anna: Colleague) -> None:
    page = made(anna, for_whom="everyone")
    anna.post(f"{page}/publiceren", via=page)
    form = {"kind": "recording", "title": "De opname", "address": "https://video.example/1"}
    anna.post(f"{page}/stukken/nieuw", form, via=page)
    public = f"/webinars/{the_one(runtime).slug}"
    assert "De opname" not in anna.get(public).text
    assert "nog niet: er is geen ondertiteling" in anna.get(page).text
    with reading(runtime.engine) as session:
        number = session.exec(select(Material.id)).one()
    anna.post(f"{page}/stukken/{number}", form | {"captions": "true"}, via=page)
    assert "De opname" in anna.get(public).text


def test_files_are_what_their_name_says() -> None:
    assert kind_of_file("a.PDF", b"%PDF-1.4") == "application/pdf"
    for name, data in (
        ("a.pdf", b"PK\x03\x04"),
        ("a.exe", b"MZ"),
        ("pdf", b"x"),
        ("a.pptx", b"%PDF-"),
        ("", b""),
    ):
        with pytest.raises(WebinarRefused):
            kind_of_file(name, data)


def test_questions_of_our_own(runtime: Runtime, anna: Colleague) -> None:
    page = made(anna)
    here = f"{page}/formulier/nieuw"
    form = {
        "kind": "choice",
        "wording": "Hoe groot?",
        "reason": "Voor de voorbeelden.",
        "choices": "klein\ngroot",
        "keep_days": "14",
    }
    for field, value in (
        ("wording", ""),
        ("reason", " "),
        ("choices", "een"),
        ("keep_days", "0"),
        ("kind", "x"),
    ):
        sent = anna.post(here, form | {field: value}, via=here)
        assert sent.status_code == 422
        assert f'<a href="#{field}">' in sent.text
    assert anna.post(here, form | {"required": "true"}, via=here).status_code == 303
    with writing(runtime.engine) as session:
        question = session.exec(select(OwnQuestion)).one()
        assert (question.choices, question.keep_days, question.required) == (["klein", "groot"], 14, True)
        webinar = session.exec(select(Webinar)).one()
        webinar.for_whom = "everyone"
    anna.post(f"{page}/publiceren", via=page)
    with writing(runtime.engine) as session:
        webinar = session.exec(select(Webinar)).one()
        registered = takes_part(session, runtime.clock(), webinar, "nel@emmen.example").registration
        session.add(RegistrationAnswer(registration_id=registered.id, question_id=question.id, text="klein"))
    assert ">klein<" in anna.get(f"{page}/aanmeldingen").text
    one = f"{page}/formulier/{question.id}"
    assert "1 antwoord wordt gewist" in anna.get(one).text
    assert anna.post(f"{one}/weg", via=one).status_code == 303
    with reading(runtime.engine) as session:
        assert session.exec(select(RegistrationAnswer)).all() == []
