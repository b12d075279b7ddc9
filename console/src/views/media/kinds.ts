/** Kinds of files, as the API names them and as people do. */

export const KINDS = ["photo", "video", "ppk", "other"] as const;
export const KIND_WORDS = { photo: "photo", video: "video", ppk: "side file (PPK, RTK)", other: "other" } as const;
