// What a client needs to reach an API server: the same value from a pod's service account, a kubeconfig or a test.

/** What one request is authorised with; asked before each request, so that rotated tokens are picked up. */
export type Authorize = () => Promise<Readonly<Record<string, string>>>

export interface KubeConfig {
  /** Base URL, e.g. `https://10.0.0.1:443`; a path prefix is kept. */
  readonly server: string
  /** Namespace of the context or of the pod, when one is named. */
  readonly namespace?: string
  /** PEM certificates that the server's certificate must lead to; the system's when absent. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** Name expected in the server's certificate when it is not the host of `server`. */
  readonly serverName?: string
  readonly insecureSkipVerify?: boolean
  /** Proxy for this cluster alone; it goes before the proxies of the environment. */
  readonly proxyUrl?: string
  /** Headers that authorise a request. */
  readonly authorize?: Authorize
}
