import catalogue from "./explanation.en.json";
import measures from "../generated/measures.en.json";
import type { ExplanationTexts } from "../language";

export const texts: ExplanationTexts = { catalogue, measures };
