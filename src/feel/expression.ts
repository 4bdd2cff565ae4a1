/** A value of a model: FEEL where it starts with `=`, else a static string. */
export type Expression = { kind: 'static'; value: string } | { kind: 'feel'; source: string }
