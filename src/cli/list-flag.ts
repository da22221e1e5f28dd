/**
 * The lists that a flag gives: a value with commas is a list, and so are several values without any behind one flag.
 * oclif joins the values of all occurrences, so they are taken from the words typed.
 */
export function listsOf(words: readonly string[], flag: string): readonly string[] {
  const end = words.indexOf('--')
  const typed = end === -1 ? words : words.slice(0, end)
  const lists: string[] = []
  for (const [i, word] of typed.entries()) {
    if (word.startsWith(`${flag}=`)) lists.push(word.slice(flag.length + 1))
    if (word !== flag) continue
    const next = typed.findIndex((other, j) => j > i && other.startsWith('-'))
    const values = typed.slice(i + 1, next === -1 ? undefined : next)
    if (values.some((value) => value.includes(','))) lists.push(...values)
    else lists.push(values.join(','))
  }
  return lists
}
