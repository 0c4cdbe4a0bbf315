"""Reasons: why mail came back, in the words of the desk, by the slugs of service.verdicts."""

from service.i18n import _

REASON_NAMES = {
    "mailbox-unknown": _("het adres bestaat niet"),
    "mailbox-moved": _("de persoon heeft een ander adres, of werkt er niet meer"),
    "domain-unknown": _("het domein bestaat niet"),
    "domain-takes-no-mail": _("het domein neemt geen mail aan"),
    "mailbox-full": _("de mailbox is vol"),
    "mailbox-disabled": _("de mailbox is uitgeschakeld"),
    "filtered": _("een filter van de ontvanger houdt de mail tegen"),
    "greylisted": _("de server vroeg om het later nog eens te proberen"),
    "server-fault": _("de server van de ontvanger heeft een storing"),
    "network": _("de server van de ontvanger was niet te bereiken"),
    "expired": _("het lukte dagenlang niet"),
    "loop": _("de mail ging in een kring rond"),
    "undefined": _("de server gaf geen duidelijke reden"),
    "spam": _("de mail werd aangezien voor spam"),
    "virus": _("de mail werd aangezien voor gevaarlijk"),
    "blocked": _("onze server staat op een blokkeerlijst"),
    "policy": _("de organisatie van de ontvanger neemt deze mail niet aan"),
    "content": _("de server kon de mail niet lezen"),
    "too-large": _("de mail is te groot"),
    "rate-limited": _("we stuurden te veel tegelijk naar deze aanbieder"),
    "recipient-busy": _("deze mailbox kreeg te veel mail tegelijk"),
    "authentication": _("SPF, DKIM of DMARC van ons domein klopt niet"),
    "ptr": _("onze server heeft geen naam in het DNS (PTR)"),
    "tls": _("de verbinding was niet goed versleuteld"),
    "relay-denied": _("een server weigert onze mail door te geven"),
    "sender-refused": _("ons afzenderadres wordt geweigerd"),
    "sign-in": _("onze mailserver herkent ons niet"),
    "protocol": _("de servers begrepen elkaar niet"),
}
"""Every reason of service.verdicts.kinds.REASONS; a test holds them together."""
