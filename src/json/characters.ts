/** Whether a text has more than `max` characters, as JSON Schema counts them: by code points, so that an emoji is one and not two. */
export function isLongerThan(text: string, max: number): boolean {
  if (text.length <= max) return false;
  if (text.length > 2 * max) return true;
  return [...text].length > max;
}

/** The beginning of a text, cut between characters: half of an emoji is no valid text. */
export function firstCharacters(text: string, count: number): string {
  return [...text.slice(0, 2 * count)].slice(0, count).join('');
}
