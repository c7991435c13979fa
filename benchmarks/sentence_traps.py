"""Traps of real prose in eleven languages, by ISO 639-1 code: ``|`` stands where a sentence ends."""

from __future__ import annotations

TRAPS = {
    "en": """
Dr. Smith met Mrs. Jones at 5 p.m. on Friday. | They spoke for an hour.
The U.S. economy grew by 3.5 per cent in 2023. | Growth slowed later.
J. R. R. Tolkien wrote the book. | It sold well.
See Fig. 3 and Eq. 2 for details. | The effect is clear.
Use tools, e.g. a hammer, i.e. something heavy. | Then stop.
Visit https://example.org/a.b?c=1.2 for more. | It is free.
He paused... and then went on. | Nobody moved.
“Is it true?” she asked. | “Yes.”
The values were 0.05, 1.2 and 3.14. | All were significant.
Smith et al. reported a rise (p < 0.001). | Others did not.
Prof. A. Miller and Dr. B. Chen agreed. | The talk ended.
He works at Acme Inc. in Boston. | She works elsewhere.
The meeting is at 10 a.m. | Bring a pen.
Wait! | Are you sure? | Yes.
She said "Stop. Go home." and left. | He stayed.
No. 5 is alive. | It is a film.
The company (Acme Ltd.) was sold. | It closed.
It costs $1.50 vs. $2.00 last year. | Prices rise.
In Jan. 2020 it began. | In Dec. 2021 it ended.
Version 2.0.1 was released. | It fixed bugs.
The St. Louis team won. | Mt. Everest is high.
Approx. 20 people came, etc. and so on. | Few stayed.
Email me at a.b@example.com. | I will reply.
Section 4.2.1 applies. | See also Sec. 5.
This is the end of it . . . or is it? | Yes, it is.
Patients were treated with E. coli strain K12. | They recovered.
Mr. President, we thank you. | Gen. Lee spoke next.
The temperature was −3.5 °C. | Snow fell.
Net income rose to $3.2 million (Note 7). | See page 12.
She holds a Ph.D. from M.I.T. and teaches. | He does not.
The file is called setup.py and it runs. | Open it.
I live in the U.K. and he lives in the U.S. | We often meet.
It happened on p. 45 of vol. 3. | Read it.
The deal closed in the U.S. | The price was high.
""",
    "de": """
Am 3. Oktober bleibt der Hafen geschlossen. | Danach ist er offen.
Die Werkstatt liegt im 2. Stock des Lagerhauses. | Der Lift fährt dorthin.
Ein Liegeplatz kostet 40 Euro inkl. MwSt. pro Tag. | Strom ist frei.
König Oskar II. im Jahr 1890 war alt. | Er starb später.
Siehe Abs. 2 Nr. 5 der Satzung. | Sie gilt seit 1990.
Wir haben Tische, Stühle usw. gekauft. | Die Lampen fehlen.
Das gilt z. B. für Dr. Huber und Prof. Meyer. | Andere zahlen.
Der 1. FC Köln spielte ca. 90 Minuten. | Das Spiel war gut.
„Komm mit! Es ist spät.“, sagte sie. | Er blieb.
Die Tage vom 1. bis 5. Mai sind frei. | Am 6. Mai geht es weiter.
Sie wohnt in Haus 5. | Er wohnt nebenan.
""",
    "fr": """
Voir l'art. 12 de la loi. | Il est clair.
On utilise des outils, p. ex. un marteau. | Puis on arrête.
M. Dupont et Mme Durand sont venus. | Ils sont partis.
La fig. 3 et le chap. 2 le montrent. | C'est simple.
Il est né en 44 av. J.-C. à Rome. | Il y est mort.
Il a dit : « Viens ! Il est tard. » et il est parti. | Elle resta.
Des pommes, des poires, etc. sont au menu. | Le café est offert.
J.-P. Sartre a écrit ce livre. | Il se vend bien.
Il n'a pas de son. | Le film est muet.
""",
    "es": """
Según el art. 12 de la ley, no se paga. | Es gratis.
El Sr. López y la Dra. Ruiz llegaron. | Se fueron pronto.
Hay herramientas, p. ej. un martillo. | No hay más.
Dijo que no. | Luego se fue.
¿Dónde está? | ¡Aquí! | Vamos.
Los EE. UU. firmaron el acuerdo. | México también.
Véase la pág. 45 y el cap. 3. | Son breves.
Vive en la Avda. América n.º 5. | Es una casa blanca.
Abre a las 9 a. m. y cierra a las 6 p. m. todos los días. | Hay aparcamiento.
""",
    "it": """
L'art. 12 della legge è chiaro. | Non si paga.
Il sig. Rossi e la dott.ssa Bianchi sono arrivati. | Poi sono usciti.
Usa attrezzi, p. es. un martello. | Poi basta.
Vedi pag. 45 e fig. 3. | Sono brevi.
Mele, pere, ecc. sono in cucina. | Il pane no.
La ditta Verdi S.p.A. ha chiuso. | Riapre a maggio.
Nacque nel 44 a. C. a Roma. | Vi morì.
G. Verdi scrisse l'opera. | Fu un successo.
Costa ca. 20 euro al giorno. | La luce è inclusa.
""",
    "pt": """
O art. 12 da lei é claro. | Nada se paga.
O Sr. Silva e a Dra. Costa chegaram. | Saíram cedo.
Há ferramentas, p. ex. um martelo. | Não há mais.
Veja a pág. 45 e o cap. 3. | São curtos.
Maçãs, peras, etc. estão na cozinha. | O pão não.
A Av. Paulista é longa. | Fica no centro.
Nasceu em 44 a. C. em Roma. | Lá morreu.
Mora no n.º 5 da rua. | A casa é branca.
Custa aprox. 20 euros por dia. | A luz é grátis.
""",
    "nl": """
Neem gereedschap mee, bijv. een hamer. | Dan stopt het.
Zie art. 12 van de wet. | Die is duidelijk.
Dhr. Jansen en mevr. De Vries kwamen. | Ze gingen weer.
Op blz. 45 en in hfdst. 3 staat meer. | Lees dat.
Appels, peren, enz. liggen klaar. | Het brood niet.
Dit geldt o.a. voor dr. Bakker en prof. Smit. | Anderen betalen.
De prijs is ca. 20 euro incl. btw per dag. | Stroom is gratis.
Bel t.z.t. met J. P. Balkenende. | Hij weet het.
Ik zei nee. | Toen ging hij weg.
""",
    "sv": """
Ta med verktyg, t.ex. en hammare. | Sedan är det klart.
Se art. 12 och kap. 3 i lagen. | Den är tydlig.
Äpplen, päron m.m. finns i köket. | Brödet är slut.
Det gäller bl.a. dr. Berg och prof. Lund. | Andra betalar.
Priset är ca. 20 kronor inkl. moms per dag. | Ström ingår.
Kl. 8 öppnar hamnen. | Den stänger sent.
Han föddes 44 f. Kr. i Rom. | Där dog han.
Kung Oskar II. i Sverige var gammal. | Han dog 1907.
A. Lindgren skrev boken. | Den är bra.
""",
    "pl": """
Mieszka przy ul. Długiej 5. | To jest biały dom.
Zob. art. 12 ustawy. | Jest jasny.
Są narzędzia, np. młotek. | Więcej nie ma.
W 1990 r. otwarto port. | Działa do dziś.
Jabłka, gruszki itd. są w kuchni. | Chleba nie ma.
Przyszli dr. Nowak i prof. Kowalski. | Potem wyszli.
Otwarte od godz. 8 do godz. 16. | W niedzielę zamknięte.
Szkoła im. Jana Kochanowskiego jest stara. | Ma sto lat.
Wybuch 2. wojny światowej był w 1939 r. w Polsce. | Trwała długo.
""",
    "cs": """
Dne 3. října je přístav zavřený. | Pak je otevřený.
Dílna je ve 2. patře skladu. | Vede tam výtah.
Viz čl. 12 a odst. 3 zákona. | Je jasný.
Jsou tu nástroje, např. kladivo. | Víc jich není.
Bydlí v ul. Dlouhá 5. | Je to bílý dům.
Karel IV. založil univerzitu. | Stojí dodnes.
Jablka, hrušky atd. jsou v kuchyni. | Chléb ne.
Přišli Ing. Novák a prof. Dvořák. | Pak odešli.
Otevřeno je cca. 8 hod. denně. | V neděli je zavřeno.
""",
    "ru": """
Он купил яблоки, груши и т. д. | Потом он ушёл.
Живёт на ул. Ленина, д. 5. | Это белый дом.
См. ст. 12 и п. 3 закона. | Он ясен.
А. С. Пушкин написал роман. | Его любят.
В 1990 г. открыли порт. | Он работает.
Есть инструменты, т. е. молоток и др. предметы. | Больше нет.
Цена 20 тыс. руб. в день. | Свет бесплатно.
Родился в 44 г. до н. э. в Риме. | Там и умер.
«Куда ты? Уже поздно!» — спросил он. | Она молчала.
""",
    "fi": """
Satama on suljettu 3. lokakuuta koko päivän. | Sitten se on auki.
Paja on 2. kerroksessa varastossa. | Hissi vie sinne.
Ota työkaluja, esim. vasara. | Muuta ei ole.
Katso s. 45 ja kuva 3. | Ne ovat lyhyitä.
Omenat, päärynät jne. ovat keittiössä. | Leipä ei ole.
Hinta on n. 20 euroa sis. alv päivässä. | Sähkö on ilmainen.
Avoinna klo. 8 asti. | Sunnuntaina suljettu.
Kuningas Kustaa II Aadolf ja ns. suuri sota. | Se kesti kauan.
A. Kivi kirjoitti kirjan. | Se on hyvä.
""",
}
