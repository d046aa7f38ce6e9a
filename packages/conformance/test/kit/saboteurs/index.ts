/**
 * For every check of the kit a server that breaks its rule: each table belongs to the file of checks of that name, and
 * is made of the tools. `saboteurs.test.ts` sets them on our own server.
 */
import { bindingSaboteurs } from "./bindings.js";
import { cardSaboteurs } from "./card.js";
import {
  accessSaboteurs,
  listSaboteurs,
  pushSaboteurs,
  streamingSaboteurs,
  validationSaboteurs,
} from "./operations.js";
import { taskSaboteurs } from "./tasks.js";
import type { Saboteurs } from "./tools.js";
import { firstSaboteurs } from "./v0_1.js";
import { oldSaboteurs } from "./v0_3.js";

export type { Saboteur } from "./tools.js";

export const saboteurs: Saboteurs = {
  ...cardSaboteurs,
  ...taskSaboteurs,
  ...bindingSaboteurs,
  ...validationSaboteurs,
  ...listSaboteurs,
  ...streamingSaboteurs,
  ...pushSaboteurs,
  ...accessSaboteurs,
  ...oldSaboteurs,
  ...firstSaboteurs,
};
