"""The words of the kitchen: what recipes are made of and what they are called. Data, no behaviour."""

# What a dish is built around: name: season ("" = all year). Vegan unless the name is in DAIRY or MEAT.
PLANTS = {
    "chickpeas": "", "lentils": "", "tofu": "", "black beans": "", "white beans": "", "mushrooms": "autumn",
    "aubergine": "summer", "courgettes": "summer", "sweetcorn": "summer", "green beans": "summer", "peppers": "summer",
    "pumpkin": "autumn", "butternut squash": "autumn", "sweet potatoes": "autumn", "beetroot": "autumn",
    "asparagus": "spring", "peas": "spring", "spinach": "spring", "artichokes": "spring", "new potatoes": "spring",
    "leeks": "winter", "kale": "winter", "cauliflower": "winter", "cabbage": "winter", "parsnips": "winter",
}  # fmt: skip
MEAT = {
    "chicken": "", "beef": "", "pork": "", "prawns": "", "salmon": "", "bacon": "", "sausages": "", "tuna": "",
    "lamb": "spring", "trout": "spring", "crab": "spring", "sea bass": "summer", "mackerel": "summer",
    "squid": "summer", "chicken wings": "summer", "duck": "autumn", "venison": "autumn", "ham": "autumn",
    "turkey": "winter", "beef short ribs": "winter", "mussels": "winter", "cod": "winter",
}  # fmt: skip
FRUIT = {
    "chocolate": "", "bananas": "", "almonds": "", "coconut": "", "lemons": "", "rhubarb": "spring",
    "mangoes": "spring", "strawberries": "summer", "cherries": "summer", "peaches": "summer", "apples": "autumn",
    "pears": "autumn", "plums": "autumn", "oranges": "winter", "dates": "winter", "cranberries": "winter",
}  # fmt: skip

# What makes a meatless dish vegetarian rather than vegan: one of these is always in it.
DAIRY = ("feta", "goat cheese", "ricotta", "mozzarella", "cheddar", "halloumi", "yoghurt", "cream", "honey", "paneer")
SWEET_DAIRY = ("cream", "mascarpone", "honey", "yoghurt", "buttermilk", "condensed milk", "vanilla custard")

# Ingredient: percent of recipes that hold it (Food.com where it is published), in savoury and in sweet dishes.
COMMON = {
    "salt": (36, 40), "butter": (20, 45), "sugar": (10, 70), "onion": (19, 0), "water": (15, 14), "olive oil": (18, 0),
    "eggs": (8, 30), "garlic cloves": (14, 0), "flour": (7, 28), "pepper": (12, 0), "milk": (6, 24),
    "parmesan": (8, 0), "lemon juice": (6, 8), "cinnamon": (3, 22), "tomatoes": (6, 0), "baking powder": (1, 22),
    "vanilla extract": (0, 30), "brown sugar": (3, 18), "cream cheese": (1, 8), "oats": (0, 8), "walnuts": (1, 10),
    "carrots": (6, 1), "celery": (5, 0), "vegetable stock": (5, 0), "parsley": (6, 0), "potatoes": (5, 0),
    "rice": (4, 2), "bay leaves": (3, 0), "thyme": (4, 0), "paprika": (4, 0), "vinegar": (3, 0), "cornflour": (2, 4),
    "nutmeg": (1, 8), "cocoa powder": (0, 9), "icing sugar": (0, 12), "chilli powder": (3, 0), "mustard": (3, 0),
}  # fmt: skip
SWEET_EXTRAS = ("raisins", "hazelnuts", "puff pastry", "gelatine", "orange zest", "desiccated coconut", "raspberries",
                "dark chocolate", "golden syrup", "ground ginger", "semolina", "rose water", "poppy seeds")  # fmt: skip
NOT_VEGAN = frozenset({"butter", "eggs", "milk", "parmesan", "cream cheese", "sour cream", "ghee", "mayonnaise",
                       "creme fraiche", "manchego", "gruyere", "monterey jack", "double cream", "tzatziki",
                       "ranch seasoning", "coleslaw", "egg noodles", *DAIRY, *SWEET_DAIRY})  # fmt: skip
NOT_VEGETARIAN = frozenset({"fish sauce", "chorizo", "bonito flakes", "oyster sauce", "anchovies", "pancetta", "dashi",
                            "chicken stock", "worcestershire sauce", "beef stock", "suet", "bacon bits", "gelatine",
                            *MEAT})  # fmt: skip

# Cuisine: share of recipes | words | dishes | sweets | accents (plants that may end the title) | staples
_CUISINES = """
american  | 17 | Smoky, Crispy, Backyard, Weeknight, Sticky | Chili, Pot Pie, Burgers, Casserole, Skillet, Chowder, Sliders, Salad | Cobbler, Brownies, Pie, Muffins | Sweetcorn, Maple, Chipotle, Sage, Lime | ketchup, cheddar, maple syrup, cornmeal, bacon bits, sour cream, hot sauce, pecans, mayonnaise, ranch seasoning, chicken stock, coleslaw, pinto beans
british   | 11 | Old-Fashioned, Sunday, Golden, Hearty, Pub-Style | Pie, Stew, Bake, Hotpot, Pasties, Soup, Roast, Salad | Crumble, Sponge, Tart, Scones | Mint, Horseradish, Rosemary, Mustard, Watercress | worcestershire sauce, swede, malt vinegar, suet, beef stock, english mustard, pearl barley, redcurrant jelly, double cream, watercress, puff pastry, ale
chinese   | 8 | Sichuan, Crispy, Cantonese, Quick, Sticky | Stir-Fry, Dumplings, Noodles, Fried Rice, Hot Pot, Soup, Spring Rolls, Salad | Buns, Tarts, Pancakes | Ginger, Spring Onion, Sesame, Black Bean Sauce, Star Anise | soy sauce, ginger, spring onions, sesame oil, oyster sauce, rice wine, hoisin sauce, sichuan pepper, bamboo shoots, water chestnuts, egg noodles, star anise, pak choi
french    | 8 | Rustic, Provencal, Bistro, Classic, Slow | Gratin, Cassoulet, Tart, Ragout, Quiche, Soup, Fricassee, Salad | Clafoutis, Galette, Mousse, Crepes | Tarragon, Thyme, Dijon Mustard, Shallots, Olives | shallots, tarragon, white wine, creme fraiche, gruyere, dijon mustard, herbes de provence, cognac, puy lentils, baguette, capers, chervil
greek     | 6 | Lemony, Island, Grilled, Village, Slow | Souvlaki, Moussaka, Pilaf, Pita, Bake, Soup, Meatballs, Salad | Filo Pie, Halva, Biscuits | Oregano, Dill, Olives, Lemon, Mint | oregano, kalamata olives, filo pastry, cucumber, dill, red onion, lemon zest, pine nuts, orzo, red wine vinegar, vine leaves, tzatziki
indian    | 10 | Spiced, Fragrant, Creamy, Tandoori, Home-Style | Curry, Biryani, Masala, Korma, Dal, Soup, Pakoras, Salad | Kheer, Kulfi, Halwa | Coriander, Coconut, Cardamom, Tamarind, Curry Leaves | cumin, turmeric, garam masala, coriander seeds, ghee, ginger, green chillies, basmati rice, cardamom, mustard seeds, curry leaves, tamarind, fenugreek
italian   | 15 | Creamy, Tuscan, Rustic, Sicilian, Quick | Risotto, Lasagne, Ragu, Frittata, Gnocchi, Minestrone, Pasta, Salad | Tiramisu, Panna Cotta, Biscotti | Basil, Lemon, Rosemary, Sun-Dried Tomatoes, Capers | basil, spaghetti, passata, mozzarella, balsamic vinegar, pine nuts, arborio rice, pancetta, oregano, red wine, anchovies, rocket, capers
japanese  | 5 | Glazed, Clear, Crunchy, Simple, Izakaya | Ramen, Donburi, Teriyaki, Katsu, Udon, Miso Soup, Gyoza, Salad | Mochi, Cheesecake, Dorayaki | Ginger, Sesame, Yuzu, Nori, Pickled Radish | soy sauce, mirin, miso paste, sushi rice, nori, sake, dashi, bonito flakes, edamame, rice vinegar, wasabi, udon noodles, shiitake
mexican   | 9 | Spicy, Charred, Street-Style, Smoky, Zesty | Tacos, Enchiladas, Burritos, Quesadillas, Pozole, Soup, Fajitas, Salad | Churros, Flan, Tres Leches | Lime, Avocado, Coriander, Chipotle, Salsa Verde | tortillas, coriander, jalapenos, avocado, lime juice, cumin, refried beans, chipotle paste, sour cream, tomatillos, monterey jack, chorizo, corn kernels
moroccan  | 4 | Honeyed, Slow, Fragrant, Golden, Marrakech | Tagine, Couscous, Pastilla, Kebabs, Harira, Stew, Flatbreads, Salad | Briouats, Cookies, Rice Pudding | Apricots, Preserved Lemon, Harissa, Mint, Pomegranate | couscous, ras el hanout, harissa, preserved lemon, dried apricots, saffron, coriander seeds, cumin, raisins, flaked almonds, orange blossom water, pomegranate seeds
spanish   | 4 | Sunny, Basque, Garlicky, Tapas-Style, Smoky | Paella, Tortilla, Croquettes, Stew, Gazpacho, Rice, Empanadas, Salad | Crema Catalana, Torrijas, Polvorones | Saffron, Romesco, Smoked Paprika, Olives, Sherry | smoked paprika, saffron, chorizo, sherry vinegar, paella rice, manchego, piquillo peppers, flaked almonds, green olives, romesco, white wine, roasted peppers
thai      | 7 | Fiery, Bangkok, Fragrant, Green, Sour | Green Curry, Red Curry, Pad Thai, Satay, Larb, Noodle Soup, Spring Rolls, Salad | Sticky Rice, Coconut Custard, Fritters | Basil, Lime, Peanuts, Lemongrass, Coconut | coconut milk, fish sauce, lemongrass, thai basil, lime leaves, galangal, red chillies, rice noodles, peanuts, palm sugar, bean sprouts, curry paste, jasmine rice
"""  # noqa: E501  (a table, kept as one)


def _row(line: str) -> tuple[str, dict[str, list[str]]]:
    name, *cells = (cell.strip() for cell in line.split("|"))
    columns = ("share", "words", "dishes", "sweets", "accents", "staples")
    return name, {key: [word.strip() for word in cell.split(",")] for key, cell in zip(columns, cells, strict=True)}


CUISINES: dict[str, dict[str, list[str]]] = dict(_row(line) for line in _CUISINES.strip().splitlines())

# The markets of the company, the cuisines each is fond of, and where its seasons lie. The last one is not open yet.
MARKETS = {
    "uk": (("british", "indian", "italian"), "north"),
    "usa": (("american", "mexican", "italian"), "north"),
    "australia": (("thai", "greek", "chinese"), "south"),
    "japan": (("japanese", "chinese", "french"), "north"),
}

FIRST_NAMES = (
    "ada", "amir", "bea", "carlos", "chen", "dina", "elif", "farah", "gio", "hana", "ines", "jonas", "kenji", "lena",
    "marta", "nils", "olu", "priya", "quinn", "rosa", "sami", "tess", "uma", "vera", "wim", "xenia", "yusuf", "zoe",
)  # fmt: skip
SECOND_NAMES = ("bakes", "cooks", "eats", "kitchen", "table", "spoon", "at_home", "pantry", "supper", "fork", "stove")
