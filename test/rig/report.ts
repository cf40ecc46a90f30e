// What a test tells beside passing: counts of cases that were compared, left out or exempt.

export function report(line: string): void {
  process.stdout.write(`${line}\n`)
}
