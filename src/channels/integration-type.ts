import { exactNumber } from '../json/json-value';

/** Hubster's integration types with their numbers (docs/hubster.md). None (0) and Hubster (1) are internal (S-236). */
export const INTEGRATION_TYPE_NUMBERS = { Customer: 2, Agent: 3, Bot: 4, System: 5 } as const;

export type IntegrationType = keyof typeof INTEGRATION_TYPE_NUMBERS;

export const INTEGRATION_TYPES = Object.keys(INTEGRATION_TYPE_NUMBERS) as readonly IntegrationType[];

/** The type of a name in any case, a number or its digits (S-236, S-401). */
export function integrationTypeOf(value: unknown): IntegrationType | undefined {
  const spelling = exactNumber(value) ?? value;
  if (typeof spelling !== 'string' && typeof spelling !== 'number') return undefined;
  const text = String(spelling).toLowerCase();
  return INTEGRATION_TYPES.find(
    (type) => type.toLowerCase() === text || String(INTEGRATION_TYPE_NUMBERS[type]) === text,
  );
}
