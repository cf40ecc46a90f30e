// Names of images in tests.

/** The executor's image, as `npm run image` names it. ARGO_TEST_EXECUTOR_IMAGE takes its place on a cluster with a registry. */
export const executorImage = process.env['ARGO_TEST_EXECUTOR_IMAGE'] ?? 'argo-ts/argoexec:0.1.0'
