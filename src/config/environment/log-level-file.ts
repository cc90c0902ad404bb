import { fileReader } from './read-file';
import { valueInFile } from './variable-reader';
import { CONFIG_VARIABLES, type VariableValues } from './variables';

/** The level in the file of `LOG_LEVEL_FILE`; undefined if the file cannot be read, or has no level. */
export function logLevelIn(path: string): VariableValues['LOG_LEVEL'] | undefined {
  const text = valueInFile(fileReader(0), path);
  return text === undefined ? undefined : CONFIG_VARIABLES.LOG_LEVEL.type.parse(text);
}
