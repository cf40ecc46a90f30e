// `$(NAME)` in commands, arguments and values of variables, by the rule of the Kubernetes API reference (Container.args).

/** An unknown name stays as it is; `$$` is one dollar and ends the meaning of what follows. */
export function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\$|\(([^()]*)\))/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$'
    return Object.hasOwn(variables, name) ? (variables[name] ?? '') : whole
  })
}
