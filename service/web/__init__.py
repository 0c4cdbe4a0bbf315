"""The site: public pages and what all pages share. Routes are thin; forms are checked here, decisions are made elsewhere."""
