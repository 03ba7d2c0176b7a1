// Steps on their way from one place to another: carried with their roles, given new keys where they arrive.

import { blankFlow, blankStep, newKey } from "./model.js";

export const MIME = "application/x-process-steps";
const MOST = 400;

/** What the clipboard carries: the steps, and the roles they name. */
export function packed(model, keys) {
  const steps = model.steps.filter((step) => keys.includes(step.key));
  return JSON.stringify({ steps, roles: model.definition.roles });
}

/** The same as lines that can be typed, for every other program. */
export function asText(model, keys) {
  const steps = model.steps.filter((step) => keys.includes(step.key));
  return steps.map((step) => [model.roleTitle(step.role), step.name].filter(Boolean).join(": ")).join("\n");
}

/** {steps, roles} of what `packed` wrote, or null where it is something else. */
export function unpacked(text) {
  try {
    const { steps, roles } = JSON.parse(text);
    const fine = Array.isArray(steps) && Array.isArray(roles) && steps.length > 0 && steps.length <= MOST;
    return fine && steps.every((step) => typeof step?.key === "string") ? { steps, roles } : null;
  } catch {
    return null;
  }
}

/**
 * Copies with keys of their own. `roleOf(title)` gives the role's key here; `known(key)` says whether a step is in this document.
 * An arrow within what is carried leads to the copy; one to a step that is not here asks where to.
 */
export function copies({ steps, roles }, roleOf, known) {
  const fresh = new Map(steps.map((step) => [step.key, newKey()]));
  const titles = new Map(roles.map(({ key, title }) => [key, title]));
  const role = (key) => (titles.get(key) ? roleOf(titles.get(key)) : "");
  const target = (to) => (to ? (fresh.get(to) ?? (known(to) ? to : "n0")) : "");
  const blank = blankStep();
  return steps.map((step) => {
    const kept = Object.fromEntries(Object.entries(step).filter(([name, value]) => name in blank && typeof value === typeof blank[name]));
    return blankStep({
      ...kept,
      key: fresh.get(step.key),
      role: role(step.role),
      accountable: role(step.accountable),
      consulted: (step.consulted ?? []).map(role).filter(Boolean),
      informed: (step.informed ?? []).map(role).filter(Boolean),
      flows: (step.flows ?? []).map((flow) => blankFlow({ label: flow.label ?? "", message: Boolean(flow.message), default: Boolean(flow.default), to: target(flow.to) })),
      risks: (step.risks ?? []).map((one) => ({ key: newKey(), risk: one.risk ?? "", control: one.control ?? "" })),
    });
  });
}
