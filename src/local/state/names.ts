// Names that all commands of a laptop share.

/** Namespace of everything on a laptop; the one that kubectl takes when none is named. */
export const namespace = 'default'
export const artifactBucket = 'artifacts'
/** Image of the executor's containers; nobody pulls it, the engine knows it by name. */
export const executorImage = 'argoexec:laptop'
