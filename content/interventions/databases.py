"""Databases: what the databases of interventions are called where readers see them."""

NAMES = {
    "loketgezondleven": "Loketgezondleven (RIVM)",
    "nji": "Databank Effectieve Jeugdinterventies (NJi)",
    "movisie": "Databank Effectieve sociale interventies (Movisie)",
    "sport-en-bewegen": "Kenniscentrum Sport & Bewegen",
    "justitiele-interventies": "Justitiële interventies",
    "euda-xchange": "EUDA Xchange",
}


def database_name(source_key: str) -> str:
    """What readers know a database by; its key where it has no name yet."""
    return NAMES.get(source_key, source_key)
