// A list of organisations under the field while someone types: the combobox with list autocomplete of the WAI-ARIA
// Authoring Practices. Without this script the field is a plain one and the server asks where a name is not clear.
"use strict";

for (const box of document.querySelectorAll("[data-suggest]")) enhance(box);

function enhance(box) {
  const input = box.querySelector("input");
  const list = document.createElement("ul");
  const status = document.createElement("p");
  let active = -1;
  let asked = 0;
  let waiting;

  list.id = `${input.id}-list`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", document.querySelector(`label[for="${input.id}"]`).textContent.trim());
  list.hidden = true;
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  box.append(list, status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  input.autocomplete = "off";

  function close() {
    asked += 1; // what is still under way comes too late
    clearTimeout(waiting);
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    mark(-1);
  }

  function mark(index) {
    active = index;
    input.removeAttribute("aria-activedescendant");
    [...list.children].forEach((option, at) => {
      option.setAttribute("aria-selected", String(at === index));
      if (at !== index) return;
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    });
  }

  function choose(option) {
    input.value = option.dataset.name;
    close();
    status.textContent = "";
  }

  function show(found) {
    list.replaceChildren(...found.map((organisation, at) => {
      const option = document.createElement("li");
      const detail = document.createElement("span");
      option.id = `${list.id}-${at}`;
      option.dataset.name = organisation.name;
      option.setAttribute("role", "option");
      option.textContent = organisation.name;
      detail.className = "hint";
      detail.textContent = organisation.detail;
      option.append(" ", detail);
      return option;
    }));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    status.textContent = found.length ? `${found.length} ${box.dataset.some}` : box.dataset.none;
    mark(-1);
  }

  async function ask() {
    const text = input.value.trim();
    if (text.length < 2) return close();
    const mine = ++asked;
    try {
      const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(text)}`);
      const found = answer.ok ? await answer.json() : [];
      if (mine === asked && document.activeElement === input) show(found);
    } catch {
      if (mine === asked) close(); // no network: the server asks when the form is sent
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 120);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!count) return void ask();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(active < 0 && step < 0 ? count - 1 : (active + step + count) % count);
    } else if (event.key === "Enter" && count && active >= 0) {
      event.preventDefault();
      choose(list.children[active]);
    } else if (event.key === "Escape" && count) {
      event.preventDefault();
      close();
    }
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const option = event.target.closest("[role=option]");
    if (option && event.button === 0) choose(option);
  });
}
