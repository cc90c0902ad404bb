/** Whether a text has more than `max` characters, counted as code points like in JSON Schema, so that an emoji is one and not two. */
export function isLongerThan(text: string, max: number): boolean {
  if (text.length <= max) return false;
  if (text.length > 2 * max) return true;
  return [...text].length > max;
}

/** The first characters of a text, cut between code points, because half of a surrogate pair is invalid. */
export function firstCharacters(text: string, count: number): string {
  return [...text.slice(0, 2 * count)].slice(0, count).join('');
}
