// What else a step says: times, responsibilities besides the doing role, risks and controls.

import { h, show } from "./dom.js";
import { inWords, minutesOf } from "./durations.js";
import { newKey, set, valueAt } from "./model.js";

/** A field for a time. What is not understood stays as typed and says so. */
export function time(details, name) {
  const { editor, outline } = details;
  const hint = h("span", { class: "detail-help", role: "status" });
  const input = h("input", { autocomplete: "off", placeholder: outline.t("time example") });
  const target = details.target(name);
  const value = () => valueAt(editor.model.definition, target) ?? 0;
  input.addEventListener("change", () => {
    const minutes = minutesOf(input.value, editor.data.durations);
    input.toggleAttribute("aria-invalid", minutes === null);
    hint.textContent = minutes === null ? outline.t("time not understood") : "";
    if (minutes !== null) {
      editor.edit([set(target, minutes)]);
      show(input, inWords(minutes, outline.t));
    }
  });
  const update = () => {
    if (document.activeElement !== input && !input.hasAttribute("aria-invalid")) show(input, inWords(value(), outline.t));
  };
  return { element: h("label", { class: "detail" }, h("span", { class: "detail-name" }, outline.t(name)), input, hint), update };
}

/** The one role that answers for the step. */
export function accountable(details) {
  const { editor, outline } = details;
  const input = h("select", {});
  const target = details.target("accountable");
  input.addEventListener("change", () => editor.edit([set(target, input.value)]));
  const update = () => {
    const { roles } = editor.model.definition;
    input.replaceChildren(h("option", { value: "" }, "–"), ...roles.map((role) => h("option", { value: role.key }, role.title)));
    input.value = valueAt(editor.model.definition, target) ?? "";
  };
  return { element: h("label", { class: "detail" }, h("span", { class: "detail-name" }, outline.t("accountable")), input), update };
}

/** Several roles, each with a box to tick. */
export function roles(details, name) {
  const { editor, outline } = details;
  const target = details.target(name);
  const boxes = h("div", { class: "detail-boxes" });
  const tick = (key, on) => {
    const before = valueAt(editor.model.definition, target) ?? [];
    editor.edit([set(target, on ? [...before, key] : before.filter((one) => one !== key))]);
  };
  let drawn = "";
  const update = () => {
    const all = editor.model.definition.roles;
    const chosen = valueAt(editor.model.definition, target) ?? [];
    const now = JSON.stringify(all.map((role) => [role.key, role.title]));
    if (now !== drawn) {
      drawn = now;
      boxes.replaceChildren(
        ...all.map((role) => h("label", {}, h("input", { type: "checkbox", value: role.key, onchange: (event) => tick(role.key, event.target.checked) }), role.title)),
      );
    }
    for (const box of boxes.querySelectorAll("input")) box.checked = chosen.includes(box.value);
  };
  return { element: h("fieldset", { class: "detail" }, h("legend", { class: "detail-name" }, outline.t(name)), boxes), update };
}

/** Risks with what is done against them; one row each. */
export function risks(details) {
  const { editor, outline } = details;
  const target = details.target("risks");
  const value = () => valueAt(editor.model.definition, target) ?? [];
  const rows = h("ul", { class: "risk-rows" });
  const write = (key, field, text) => editor.edit([set(target, value().map((one) => (one.key === key ? { ...one, [field]: text } : one)))]);
  const drop = (key) => editor.edit([set(target, value().filter((one) => one.key !== key))]);
  const cell = (risk, field) =>
    h("input", { maxlength: "300", autocomplete: "off", dataset: { field }, placeholder: outline.t(field), "aria-label": outline.t(field), oninput: (event) => write(risk.key, field, event.target.value) });
  const row = (risk) =>
    h("li", { dataset: { key: risk.key } }, cell(risk, "risk"), cell(risk, "control"), h("button", { type: "button", class: "btn btn-quiet btn-sm", "aria-label": outline.t("remove risk"), title: outline.t("remove risk"), onclick: () => drop(risk.key) }, "×"));
  const add = () => {
    const risk = { key: newKey(), risk: "", control: "" };
    editor.edit([set(target, [...value(), risk])]);
    update();
    rows.querySelector(`[data-key="${risk.key}"] input`)?.focus();
  };
  const update = () => {
    const now = value();
    const shown = [...rows.children].map((one) => one.dataset.key);
    if (shown.join() !== now.map((risk) => risk.key).join()) rows.replaceChildren(...now.map(row));
    now.forEach((risk, n) => rows.children[n].querySelectorAll("input").forEach((input) => show(input, risk[input.dataset.field])));
  };
  const button = h("button", { type: "button", class: "btn btn-quiet btn-sm", onclick: add }, outline.t("add risk"));
  return { element: h("div", { class: "detail is-wide" }, h("span", { class: "detail-name" }, outline.t("risks")), rows, button), update };
}
