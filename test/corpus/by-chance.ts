// Workflows whose nodes depend on a drawn number or on the machine: only their end is compared.

export const byChance: Readonly<Record<string, string>> = {
  'workflows/examples/coinflip.yaml': 'a coin',
  'workflows/examples/coinflip-recursive.yaml': 'a coin',
  'workflows/examples/conditionals-complex.yaml': 'a drawn number',
  'workflows/examples/dag-coinflip.yaml': 'a coin',
  'workflows/examples/dag-conditional-artifacts.yaml': 'a coin',
  'workflows/examples/dag-conditional-parameters.yaml': 'a coin',
  'workflows/examples/conditional-artifacts.yaml': 'a coin',
  'workflows/examples/conditional-parameters.yaml': 'a coin',
  'workflows/examples/scripts-bash.yaml': 'a drawn number',
  'workflows/examples/scripts-python.yaml': 'a drawn number',
  'workflows/examples/scripts-javascript.yaml': 'a drawn number',
}
