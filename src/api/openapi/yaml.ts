import { SLICES } from '../../clock/slices';
import { isJsonObject, type JsonObject } from '../../json/json-value';

type Stringify = (value: unknown, options: typeof STYLE) => string;

/** Without anchors; texts of several lines as they are. */
const STYLE = { aliasDuplicateObjects: false, blockQuote: 'literal', lineWidth: 120 } as const;
/** `/paths/{path}` and `/components/{section}/{name}` are written one by one. */
const STEP_DEPTH = 2;

/** The YAML of a document. In steps, as the whole would block the event loop for a quarter of a second. */
export async function yamlOf(document: JsonObject): Promise<string> {
  // Loaded on first use, as most processes never send YAML.
  const { stringify } = await import('yaml');
  return SLICES.run(yamlSteps(document, stringify), { owner: 'openapi', isLarge: true });
}

function* yamlSteps(object: JsonObject, stringify: Stringify, depth = 0): Generator<void, string> {
  let yaml = '';
  for (const [key, value] of Object.entries(object)) {
    const isSplit = isJsonObject(value) && depth < STEP_DEPTH && Object.keys(value).length > 0;
    const text = isSplit
      ? `${stringify(key, STYLE).trimEnd()}:\n${indented(yield* yamlSteps(value, stringify, depth + 1))}`
      : stringify({ [key]: value }, STYLE);
    yaml += text;
    yield;
  }
  return yaml;
}

function indented(yaml: string): string {
  return yaml.replaceAll(/^(?=.)/gm, '  ');
}
