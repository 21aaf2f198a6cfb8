import catalogue from "./en.json";
import measures from "../generated/measures.en.json";
import type { Texts } from "../language";

export const texts: Texts = { language: "en", catalogue, measures };
