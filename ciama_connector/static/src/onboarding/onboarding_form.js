/** The wizard: each step begins at its top. */

import {useEffect} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";

class OnboardingController extends FormController {
    setup() {
        super.setup();
        useEffect(
            () => {
                const view = document.querySelector(".o_ciama_onboarding");
                for (let part = view; part; part = part.parentElement) {
                    part.scrollTop = 0;
                }
            },
            () => [this.model.root.data.step]
        );
    }
}

registry.category("views").add("ciama_onboarding_form", {
    ...formView,
    Controller: OnboardingController,
});
