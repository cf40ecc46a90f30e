// Workflows whose nodes cannot be the same as in the record, each with its reason. `phase`: the phase is still compared;
// `end`: only that there is one.

interface Exception {
  readonly only: 'phase' | 'end'
  readonly why: string
}

const chance = (what: string): Exception => ({ only: 'end', why: `depends on ${what}` })

export const otherwise: Readonly<Record<string, Exception>> = {
  'workflows/examples/coinflip.yaml': chance('a coin'),
  'workflows/examples/coinflip-recursive.yaml': chance('a coin'),
  'workflows/examples/conditionals-complex.yaml': chance('a drawn number'),
  'workflows/examples/dag-coinflip.yaml': chance('a coin'),
  'workflows/examples/resubmit.yaml': chance('a coin'),
  'workflows/examples/loops-maps.yaml': chance('which files the images hold'),
  'workflows/e2e/functional/dag-argument-passing.yaml': {
    only: 'phase',
    why: 'passes the /etc/hosts of the machine on',
  },
  'workflows/e2e/testdata/progress-workflow.yaml': {
    only: 'phase',
    why: 'the recorded run lost its last progress, ours does not',
  },
}
