import {registry} from "@web/core/registry";

const row = (value) => `.o_data_row:has(.o_data_cell[name=value]:contains(${value}))`;

registry.category("web_tour.tours").add("ciama_mapping", {
    steps: () => [
        {
            content: "What holds most stands first",
            trigger: ".o_data_row:first:contains(stool-9):contains(2)",
        },
        {
            content: "Take what is suggested",
            trigger: `${row("chair")} button[name=action_take_suggestion]`,
            run: "click",
        },
        {
            content: "The orders are offered, and still wait",
            trigger: ".o_notification:contains(Import Waiting Orders)",
        },
        {
            content: "It is mapped",
            trigger: `${row("chair")} .o_data_cell[name=product_id]:contains(CHAIR)`,
        },
        {
            content: "Say what the other value means",
            trigger: `${row("stool-9")} .o_data_cell[name=product_id]`,
            run: "click",
        },
        {
            content: "Look for the product",
            trigger: ".o_selected_row .o_field_widget[name=product_id] input",
            run: "edit CHAIR",
        },
        {
            content: "Choose it",
            trigger: ".o-autocomplete--dropdown-item:contains(Chair)",
            run: "click",
        },
        {
            content: "Save",
            trigger: ".o_list_button_save",
            run: "click",
        },
        {
            content: "Its orders are offered too: import them",
            trigger: ".o_notification:contains(Stool):contains(is mapped) .o_notification_buttons button",
            run: "click",
        },
        {
            content: "It is said how many",
            trigger: ".o_notification:contains(again: 2)",
        },
    ],
});
