/** Names from the root down: `['db', 'stock', 'sku-1.json']`. */
export type Path = readonly string[]
