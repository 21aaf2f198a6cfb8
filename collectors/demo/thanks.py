"""What grateful customers of the invented centre wrote, with their consent, in Dutch and English. No names."""

THANKS: tuple[str, ...] = (
    "Wat fijn dat iemand echt de tijd nam om mee te denken. Dank u wel!",
    "In één keer geholpen, en vriendelijk ook nog.",
    "Eindelijk begrijp ik mijn jaarrekening. Heel helder uitgelegd.",
    "Mijn moeder is 84 en werd met alle geduld geholpen. Dat doet ons goed.",
    "De storing was vervelend, het gesprek juist niet. Chapeau.",
    "Binnen een uur een duidelijk antwoord op mijn mail. Zo kan het dus ook.",
    "Bedankt voor het terugbellen, precies op het afgesproken moment.",
    "Zonder gedoe mijn retour geregeld. Ik kom zeker terug.",
    "U nam mijn klacht serieus, en dat is me veel waard.",
    "Lekker nuchter en snel advies via WhatsApp. Top!",
    "Ik belde boos en hing tevreden op. Knap werk.",
    "De uitleg via video was goud waard, alles werkt weer.",
    "Such a patient explanation, thank you very much.",
    "Sorted in five minutes after weeks of worry. Brilliant!",
    "Thank you for speaking English with me and for being so kind.",
    "The chat was quick, clear and friendly. Lovely service.",
    "You found my parcel when nobody else could. Many thanks!",
    "Honest advice: I did not even need the larger plan. Much appreciated.",
)
