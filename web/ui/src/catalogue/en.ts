import catalogue from "./en.json";
import labels from "../generated/labels.en.json";
import type { Texts } from "../language";

export const texts: Texts = { language: "en", catalogue, labels };
