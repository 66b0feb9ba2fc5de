/** What to mend first: the title counts what is left, also after something was mended. */

import "../live/live";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

const views = registry.category("views");

const titled = (Controller) =>
    class extends Controller {
        setup() {
            super.setup();
            this.orm = useService("orm");
        }

        async reloadQuietly() {
            await super.reloadQuietly();
            // The list of one shop is called by its name.
            if (!this.props.domain.length) {
                const title = await this.orm.call("ciama.mend.first", "heading", [[]]);
                this.env.config.setDisplayName(title);
            }
        }
    };

for (const type of ["list", "kanban"]) {
    const view = views.get(`ciama_live_${type}`);
    views.add(`ciama_mend_first_${type}`, {...view, Controller: titled(view.Controller)});
}
